import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from stnctl.geometry import TRANSFORMS
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
    """Within the bounds it is exact to 1e-12 of its size; the area grows by exp(a + d)."""
    found, expected = DIFFEOMORPHIC.matrix(theta[None])[0], golden(theta)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * np.abs(expected).max())
    area = np.linalg.det(found[:2, :2])
    assert area == pytest.approx(math.exp(theta[0] + theta[4]), rel=1e-7)


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_matrix_golden_scipy_backends(runner):
    theta = random_thetas(DIFFEOMORPHIC, batch=5)
    found = runner(DIFFEOMORPHIC.matrix, theta.astype("float32"))
    assert_close(found, np.array([golden(row) for row in theta]), "float32")


@pytest.mark.parametrize("norm", [1, 4, 8])
def test_matrix_golden_scipy_norm(norm):
    """As far as the module tells; the last digits are SciPy's, which loses them above norm 2."""
    theta = random_thetas(DIFFEOMORPHIC, batch=20)
    theta *= norm / np.linalg.norm(theta.reshape(-1, 2, 3), axis=(1, 2), ord=2)[:, None]
    expected = np.array([golden(row) for row in theta])
    errors = np.abs(DIFFEOMORPHIC.matrix(theta) - expected).max(axis=(1, 2))
    assert (errors / np.abs(expected).max(axis=(1, 2))).max() < 2e-12


@given(theta=THETAS)
@settings(deadline=None)
def test_inverse_golden_scipy(theta):
    found = DIFFEOMORPHIC.matrix(DIFFEOMORPHIC.inverse(theta[None]))[0]
    expected = golden(-theta)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * np.abs(expected).max())


def test_describe_preset():
    """Told is the map, not what is under the exponential."""
    parts = DIFFEOMORPHIC.describe(np.array([math.log(2), 0, 0, 0, -math.log(2), 0.5]), (5, 9))
    assert parts["scale_x"] == pytest.approx(2)
    assert parts["scale_y"] == pytest.approx(0.5)
    assert parts["translation_y"] == pytest.approx(0.5 * 0.5 / math.log(2) * 2)
    assert parts["rotation_degrees"] == parts["shear"] == 0
