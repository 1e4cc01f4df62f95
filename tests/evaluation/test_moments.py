import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from skimage.measure import moments, moments_central

from stnctl.evaluation.moments import upright_poses


def blob(angle, *, side=41, center=(2.0, -3.0)):
    """Return an image (1, side, side, 1) of an ellipse whose axis is turned from the vertical."""
    x, y = np.meshgrid(*[np.arange(side) - (side - 1) / 2] * 2)
    x, y = x - center[0], y - center[1]
    along = -np.sin(angle) * x + np.cos(angle) * y
    across = np.cos(angle) * x + np.sin(angle) * y
    return np.exp(-(along**2) / 60 - across**2 / 10)[None, ..., None]


def angle_of(pose):
    return np.arctan2(pose[1, 0], pose[0, 0])


@given(angle=st.floats(-1.5, 1.5))
def test_upright_poses_of_a_turned_ellipse(angle):
    [pose] = upright_poses(blob(angle))
    assert abs(np.sin(angle_of(pose) - angle)) < 1e-2  # an axis has no direction
    np.testing.assert_allclose(pose @ pose.T, np.eye(3), atol=1e-12)


@given(seed=st.integers(0, 1000))
def test_upright_poses_are_the_moments_of_skimage(seed):
    image = np.random.default_rng(seed).random((9, 14)) ** 4
    [pose] = upright_poses(image[None, ..., None])
    raw = moments(image, order=1)
    center = raw[1, 0] / raw[0, 0], raw[0, 1] / raw[0, 0]
    mu = moments_central(image, center, order=2)
    covariance = np.array([[mu[0, 2], mu[1, 1]], [mu[1, 1], mu[2, 0]]])  # of (x, y)
    axis = np.linalg.eigh(covariance)[1][:, 1]
    assert abs(abs(pose[:2, :2] @ [0, 1] @ axis) - 1) < 1e-9


def test_upright_poses_of_black_images_are_the_identity():
    np.testing.assert_array_equal(upright_poses(np.zeros((2, 5, 6, 1)))[1], np.eye(3))


def test_upright_poses_add_up_the_channels():
    image = blob(0.4)
    np.testing.assert_allclose(
        upright_poses(np.concatenate([image, 0 * image, image], axis=-1)), upright_poses(image)
    )
