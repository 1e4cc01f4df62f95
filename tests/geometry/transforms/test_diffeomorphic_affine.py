import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from stnctl.geometry import TRANSFORMS
from stnctl.geometry.transforms.diffeomorphic_affine import LARGEST_NORM
from tests.geometry.runners import RUNNERS
from tests.geometry.tolerance import assert_close
from tests.geometry.transforms.families import random_thetas

DIFFEOMORPHIC = TRANSFORMS["diffeomorphic_affine"]
THETAS = st.tuples(*[st.floats(-2, 2)] * 6).map(np.array)


def golden(theta):
    return expm(np.vstack([theta.reshape(2, 3), np.zeros(3)]))


def test_parameters_preset():
    assert DIFFEOMORPHIC.parameters == ("a", "b", "tx", "c", "d", "ty")
    np.testing.assert_array_equal(DIFFEOMORPHIC.identity(), np.zeros(6))


@pytest.mark.parametrize(
    ("theta", "expected"),
    [
        ([0.0, 0, 0.5, 0, 0, -2], [[1, 0, 0.5], [0, 1, -2], [0, 0, 1]]),
        ([math.log(2), 0, 0, 0, -math.log(2), 0], [[2, 0, 0], [0, 0.5, 0], [0, 0, 1]]),
        ([0, -math.pi / 2, 0, math.pi / 2, 0, 0], [[0, -1, 0], [1, 0, 0], [0, 0, 1]]),
        ([0.0, 1, 0, 0, 0, 0], [[1, 1, 0], [0, 1, 0], [0, 0, 1]]),
    ],
    ids=["shift", "scales", "quarter_turn", "shear"],
)
def test_matrix_preset(theta, expected):
    found = DIFFEOMORPHIC.matrix(np.array([theta]))[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)


@given(theta=THETAS)
@settings(deadline=None)
def test_matrix_golden_scipy(theta):
    """Within the bounds it is exact to 1e-12 of its size; areas grow by exp(a + d)."""
    found, expected = DIFFEOMORPHIC.matrix(theta[None])[0], golden(theta)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * np.abs(expected).max())
    area = np.linalg.det(found[:2, :2])
    assert area == pytest.approx(math.exp(theta[0] + theta[4]), rel=1e-7)


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_matrix_golden_scipy_backends(runner):
    theta = random_thetas(DIFFEOMORPHIC, batch=5)
    found = runner(DIFFEOMORPHIC.matrix, theta.astype("float32"))
    assert_close(found, np.array([golden(row) for row in theta]), "float32")


@pytest.mark.parametrize("norm", [1, 8, LARGEST_NORM])
def test_matrix_golden_scipy_norm(norm):
    """Up to `LARGEST_NORM`; the last digits are SciPy's error above norm 2."""
    theta = random_thetas(DIFFEOMORPHIC, batch=20)
    linear = theta.reshape(-1, 2, 3)[:, :, :2]
    theta *= norm / np.linalg.norm(linear, axis=(1, 2), ord=2)[:, None]
    expected = np.array([golden(row) for row in theta])
    size = np.abs(expected).max(axis=(1, 2))
    for dtype, most in (("float64", 1e-11), ("float32", 1e-5)):
        errors = np.abs(DIFFEOMORPHIC.matrix(theta.astype(dtype)) - expected).max(axis=(1, 2))
        assert (errors / size).max() < most


@pytest.mark.parametrize("angle", [10.0, 25.0, LARGEST_NORM, -LARGEST_NORM])
def test_matrix_golden_rotation(angle):
    """Rotations stay rotations, also after several full circles."""
    expected = TRANSFORMS["rotation"].matrix(np.array([[angle]]))
    for dtype, most in (("float64", 1e-10), ("float32", 1e-5)):
        theta = np.array([[0, -angle, 0, angle, 0, 0]], dtype)
        np.testing.assert_allclose(DIFFEOMORPHIC.matrix(theta), expected, rtol=0, atol=most)


def test_matrix_golden_shift():
    """The norm of the translation is irrelevant."""
    theta = np.array([[0.3, -0.2, 1e6, 0.1, 0.4, -3e5]])
    expected = golden(theta[0])
    np.testing.assert_allclose(DIFFEOMORPHIC.matrix(theta)[0], expected, rtol=1e-12, atol=1e-15)


@given(theta=THETAS)
@settings(deadline=None)
def test_inverse_golden_scipy(theta):
    found = DIFFEOMORPHIC.matrix(DIFFEOMORPHIC.inverse(theta[None]))[0]
    expected = golden(-theta)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * np.abs(expected).max())


def test_describe_preset():
    """The parts are those of the map, not of the matrix in the exponent."""
    parts = DIFFEOMORPHIC.describe(np.array([math.log(2), 0, 0, 0, -math.log(2), 0.5]), (5, 9))
    assert parts["scale_x"] == pytest.approx(2)
    assert parts["scale_y"] == pytest.approx(0.5)
    assert parts["translation_y"] == pytest.approx(0.5 * 0.5 / math.log(2) * 2)
    assert parts["rotation_degrees"] == parts["shear"] == 0
