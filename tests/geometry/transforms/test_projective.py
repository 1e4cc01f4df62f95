import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skimage.transform import ProjectiveTransform

from stnctl.geometry import TRANSFORMS, compose, warp
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.transforms.projective import OUTSIDE
from tests.geometry.arrays import maps
from tests.geometry.runners import RUNNERS, TENSOR_RUNNERS, gradients, on_tensors
from tests.geometry.tolerance import assert_close
from tests.geometry.transforms.families import random_thetas

PROJECTIVE = TRANSFORMS["projective"]
ENTRIES, TILTS = st.floats(-2, 2), st.floats(-0.45, 0.45)
THETAS = st.tuples(*[ENTRIES] * 6, TILTS, TILTS).map(np.array)
IDENTITY = [1.0, 0, 0, 0, 1, 0]
SINGULAR = [
    np.zeros(8),
    [1, 2, 3, 2, 4, 6, 0.25, 0.5],
    [0.1, 0.3, 0, 0.3, 0.9, 0, 0, 0],
    [0.1, 0.2, 0.3, 1, 1, 0, 1 / 3, 2 / 3],
]
BEHIND = np.array([[*IDENTITY, -2.0, 0.0], [*IDENTITY, 0.0, 1.0], [*IDENTITY, 0.1, 0.0]])
"""The horizon at x = 0.5, at the top edge, and beyond the map."""


def test_parameters_preset():
    names = ("h11", "h12", "h13", "h21", "h22", "h23", "h31", "h32")
    assert PROJECTIVE.parameters == names
    np.testing.assert_array_equal(PROJECTIVE.identity(), [*IDENTITY, 0, 0])


def test_grid_preset():
    """A positive h31 reads a smaller part at the right, and so magnifies it."""
    points = PROJECTIVE.grid(np.array([[*IDENTITY, 0.5, 0.0]]), (1, 3))[0, 0]
    np.testing.assert_array_equal(points, [[-2, 0], [0, 0], [2 / 3, 0]])
    points = PROJECTIVE.grid(np.array([[*IDENTITY, 0.0, 0.5]]), (3, 1))[0, :, 0]
    np.testing.assert_array_equal(points, [[0, -2], [0, 0], [0, 2 / 3]])


@given(theta=THETAS)
@settings(deadline=None)
def test_grid_golden_skimage(theta):
    matrix = np.append(theta, 1).reshape(3, 3)
    np.testing.assert_array_equal(PROJECTIVE.matrix(theta[None])[0], matrix)
    lattice = regular_grid((4, 5), dtype="float64")
    expected = ProjectiveTransform(matrix=matrix)(lattice.reshape(-1, 2)).reshape(1, 4, 5, 2)
    assert_close(PROJECTIVE.grid(theta[None], (4, 5)), expected, "float64")


def test_grid_preset_affine():
    """Without tilt it is the affine transform, to the bit."""
    theta = random_thetas(TRANSFORMS["affine"])
    with_tilt = np.concatenate([theta, np.zeros((3, 2))], axis=1)
    expected = TRANSFORMS["affine"].grid(theta, (4, 5))
    np.testing.assert_array_equal(PROJECTIVE.grid(with_tilt, (4, 5)), expected, strict=True)


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_grid_preset_behind(runner, dtype):
    """Points on or behind the horizon are outside, where V is 0; the others are inside."""
    x, y = np.moveaxis(regular_grid((9, 9), dtype="float64"), -1, 0)
    w = np.stack([1 - 2 * x, 1 + y, 1 + 0.1 * x])
    theta, U = BEHIND.astype(dtype), 1 + np.abs(maps(3, 9, 9, 2, dtype=dtype))
    grid = runner(lambda theta: PROJECTIVE.grid(theta, (9, 9)), theta)
    np.testing.assert_array_equal((grid == OUTSIDE).all(axis=-1), w <= 0)
    V = runner(lambda U, theta: warp(U, theta, transform="projective"), U, theta)
    np.testing.assert_array_equal(V[w <= 0], 0)
    inside = (np.abs(grid) <= 1).all(axis=-1)
    assert (inside.sum(axis=(1, 2)) > 9).all()
    assert (V[inside] > 0).all()


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_grid_jacobian_behind(runner):
    """Points behind the horizon have no gradient, and do not affect that of the others."""
    weights = maps(3, 9, 9, 2)
    behind = (PROJECTIVE.grid(BEHIND, (9, 9)) == OUTSIDE).all(axis=-1, keepdims=True)

    def run(theta):
        return PROJECTIVE.grid(theta, (9, 9))

    nothing, expected, whole = (
        gradients(run, part, BEHIND, runner=runner)[0]
        for part in (weights * behind, weights * ~behind, weights)
    )
    np.testing.assert_array_equal(nothing, np.zeros((3, 8)))
    assert np.isfinite(whole).all()
    assert_close(whole, expected, "float64")


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_grid_jacobian_not_finite(runner):
    """The gradient of V is finite for any theta."""
    theta = np.tile(PROJECTIVE.identity().astype("float32"), (41, 1))
    values = np.repeat([np.nan, np.inf, -np.inf, 1e30, -1e30], 8)
    theta[np.arange(40), np.tile(np.arange(8), 5)] = values
    U, weights = maps(41, 5, 4, 1, dtype="float32"), maps(41, 5, 4, 1, seed=1, dtype="float32")

    def run(U, theta):
        return warp(U, theta, transform="projective")

    dU, dtheta = gradients(run, weights, U, theta, runner=runner)
    assert np.isfinite(dU).all()
    assert np.isfinite(dtheta).all()
    alone = gradients(run, weights[40:], U[40:], theta[40:])
    assert_close(dtheta[40:], alone[1], "float32")


@given(theta=THETAS)
@settings(deadline=None)
def test_from_matrix_roundtrip(theta):
    """A matrix is the same map at any positive scale."""
    matrix = PROJECTIVE.matrix(theta[None])
    np.testing.assert_array_equal(PROJECTIVE.from_matrix(matrix), theta[None], strict=True)
    np.testing.assert_array_equal(PROJECTIVE.from_matrix(4 * matrix), theta[None], strict=True)


def test_from_matrix_rejects_horizon():
    """On or behind the horizon: scaled to h33 = 1, front and back would be swapped."""
    tilted, moved = np.eye(3), np.eye(3)
    tilted[2, 0], moved[0, 2] = 0.9, -1.5
    for matrix in (np.fliplr(np.eye(3)), compose(tilted[None], moved[None])[0], -np.eye(3)):
        with pytest.raises(ValueError, match="the center of V is on or behind the horizon"):
            PROJECTIVE.from_matrix(np.stack([np.eye(3), matrix]))


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_from_matrix_preset_behind(runner):
    """On tensors such a matrix maps all points outside, without effect on the rest of the batch."""
    matrices = np.stack([np.eye(3), -np.eye(3), np.fliplr(np.eye(3))])

    def run(matrices):
        return PROJECTIVE.grid(PROJECTIVE.from_matrix(matrices), (4, 5))

    grid = runner(run, matrices)
    np.testing.assert_array_equal(grid[0], regular_grid((4, 5), dtype="float64"))
    np.testing.assert_array_equal(grid[1:], np.full_like(grid[1:], OUTSIDE))
    weights = maps(3, 4, 5, 2)
    (found,) = gradients(run, weights, matrices, runner=runner)
    np.testing.assert_array_equal(found[1:], np.zeros((2, 3, 3)))
    assert_close(found[:1], gradients(run, weights[:1], matrices[:1])[0], "float64")


@given(theta=THETAS)
@settings(deadline=None)
def test_inverse_golden_numpy(theta):
    """If the center is in front of the inverse's horizon it is NumPy's, else an error."""
    matrix = np.append(theta, 1).reshape(3, 3)
    assume(np.linalg.cond(matrix) < 1e4)
    inverse = np.linalg.inv(matrix)
    assume(abs(inverse[2, 2]) > 1e-3)
    if inverse[2, 2] < 0:
        with pytest.raises(ValueError, match="on or behind its horizon"):
            PROJECTIVE.inverse(theta[None])
        return
    expected = (inverse / inverse[2, 2]).ravel()[None, :8]
    np.testing.assert_allclose(PROJECTIVE.inverse(theta[None]), expected, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("theta", SINGULAR)
def test_inverse_rejects_singular(theta):
    """A matrix that is singular up to rounding has no inverse, in either namespace."""
    thetas = np.array([PROJECTIVE.identity(), theta])
    with pytest.raises(ValueError, match=r"Projective has no inverse for theta .* is singular"):
        PROJECTIVE.inverse(thetas)
    found = on_tensors(PROJECTIVE.inverse, thetas)
    np.testing.assert_array_equal(found[0], thetas[0])
    assert not np.isfinite(found[1]).all()


def test_inverse_rejects_horizon():
    """Regular, but the center of U has no source, or one behind the horizon."""
    for theta in ([0.0, 0, 1, 0, 1, 0, 1, 0], [0.5, 0, 2, 0, 1, 0, 0.4, 0]):
        thetas = np.array([PROJECTIVE.identity(), theta])
        with pytest.raises(
            ValueError, match="the center on or behind its horizon, so that its h33"
        ):
            PROJECTIVE.inverse(thetas)
        found = on_tensors(PROJECTIVE.inverse, thetas)
        np.testing.assert_array_equal(found[0], thetas[0])
        assert not np.isfinite(found[1]).all()


@pytest.mark.parametrize("align_corners", [True, False])
def test_describe_preset_tilt(align_corners):
    """Tilts are per pixel: w changes by tilt_x from one pixel to the next."""
    theta = np.array([*IDENTITY, 0.2, -0.1])
    parts = PROJECTIVE.describe(theta, (5, 9), align_corners=align_corners)
    half_x, half_y = (4, 2) if align_corners else (4.5, 2.5)
    assert parts["tilt_x"] == pytest.approx(0.2 / half_x)
    assert parts["tilt_y"] == pytest.approx(-0.1 / half_y)
    expected = {"rotation_degrees": 0, "scale_x": 1, "scale_y": 1, "shear": 0}
    assert {name: parts[name] for name in expected} == pytest.approx(expected)


@given(theta=THETAS)
@settings(deadline=None, max_examples=30)
def test_describe_random(theta):
    """The parts are those of the map's derivative at the center, here on a square map."""
    parts = PROJECTIVE.describe(theta, (3, 3))
    steps = np.array([[[1e-6, 0], [-1e-6, 0]], [[0, 1e-6], [0, -1e-6]]])
    ahead, behind = np.moveaxis(PROJECTIVE.apply(theta[None], steps)[0], 1, 0)
    slopes = ((ahead - behind) / 2e-6).T
    assert parts["scale_x"] == pytest.approx(np.hypot(*slopes[:, 0]), abs=1e-8)
    area = parts["scale_x"] * parts["scale_y"]
    assert area == pytest.approx(np.linalg.det(slopes), abs=1e-8)
    assert (parts["translation_x"], parts["translation_y"]) == (theta[2], theta[5])
