import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RBFInterpolator

from stnctl.geometry import TRANSFORMS
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from tests.geometry.runners import gradients, on_tensors
from tests.geometry.tolerance import assert_close
from tests.geometry.transforms.families import random_thetas

SPLINE = TRANSFORMS["thin_plate_spline"]
SIZES = [(2, 2), (4, 4), (3, 7), (8, 8)]


def golden(transform, theta, points):
    """Return SciPy's thin plate spline through the moved control points."""
    fixed = transform.points()
    solve = RBFInterpolator(
        fixed, fixed + theta.reshape(-1, 2), kernel="thin_plate_spline", degree=1
    )
    return solve(points.reshape(-1, 2)).reshape(points.shape)


def test_parameters_preset():
    assert SPLINE.num_params == 32


def test_points_preset():
    """Row by row, x before y, from corner to corner."""
    expected = [[-1, -1], [0, -1], [1, -1], [-1, 1], [0, 1], [1, 1]]
    np.testing.assert_array_equal(ThinPlateSpline((2, 3)).points(), expected)


def test_bounds_preset():
    """Control points within the bounds can't pass each other."""
    assert SPLINE.bounds == ((-1 / 3, 1 / 3),) * 32
    assert ThinPlateSpline((2, 5)).bounds == ((-0.25, 0.25), (-1.0, 1.0)) * 10


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("align_corners", [True, False])
def test_grid_golden_scipy(size, align_corners):
    transform = ThinPlateSpline(size)
    theta = random_thetas(transform, reach=1)
    lattice = regular_grid((9, 6), align_corners=align_corners, dtype="float64")
    expected = [golden(transform, row, lattice) for row in theta]
    found = transform.grid(theta, (9, 6), align_corners=align_corners)
    assert_close(found, np.array(expected), "float64")
    in_single = transform.grid(theta.astype("float32"), (9, 6), align_corners=align_corners)
    assert in_single.dtype == "float32"
    assert_close(in_single, np.array(expected), "float32")


def test_apply_golden_scipy_points():
    """Any points, known in advance or not."""
    theta = random_thetas(SPLINE)
    points = np.random.default_rng(1).uniform(-1.5, 1.5, (3, 2, 5, 2))
    expected = [golden(SPLINE, t, p) for t, p in zip(theta, points, strict=True)]
    assert_close(SPLINE.apply(theta, points), np.array(expected), "float64")
    assert_close(on_tensors(SPLINE.apply, theta, points), np.array(expected), "float64")


@pytest.mark.parametrize("size", SIZES)
def test_apply_preset_control_points(size):
    """Each control point moves by its offset in theta."""
    transform = ThinPlateSpline(size)
    theta = random_thetas(transform, batch=1, reach=1)
    moved = transform.apply(theta, transform.points()[None])[0, 0]
    assert_close(moved, transform.points() + theta.reshape(-1, 2), "float64")


@given(matrix=st.tuples(*[st.floats(-2, 2)] * 6))
@settings(deadline=None, max_examples=30)
def test_grid_random_affine(matrix):
    """Control points moved by an affine map move all points by that map."""
    linear, shift = np.reshape(matrix[:4], (2, 2)), np.array(matrix[4:])

    def move(points):
        return points @ linear.T + shift

    theta = (move(SPLINE.points()) - SPLINE.points()).reshape(1, -1)
    expected = move(regular_grid((5, 6), dtype="float64"))[None]
    assert_close(SPLINE.grid(theta, (5, 6)), expected, "float64")


def test_apply_jacobian_at_control_points():
    """Where r is 0, and its logarithm infinite, the gradient to the points is finite."""
    theta = random_thetas(SPLINE, batch=1)
    points = SPLINE.points()[None]
    _, found = gradients(SPLINE.apply, np.ones((1, 1, 16, 2)), theta, points)
    ahead, behind = (SPLINE.apply(theta, points + step).sum(-1) for step in ([1e-6, 0], [-1e-6, 0]))
    np.testing.assert_allclose(found[0, :, 0], (ahead - behind)[0, 0] / 2e-6, rtol=0, atol=1e-4)


@pytest.mark.parametrize("align_corners", [True, False])
def test_describe_preset(align_corners):
    """One of four corners is moved by (0.5, -0.5) on a map of 5 x 9 pixels."""
    theta = np.array([0.5, -0.5, 0, 0, 0, 0, 0, 0])
    parts = ThinPlateSpline((2, 2)).describe(theta, (5, 9), align_corners=align_corners)
    x, y = (2, -1) if align_corners else (2.25, -1.25)
    assert parts == pytest.approx(
        {
            "mean_displacement": np.hypot(x, y) / 4,
            "largest_displacement": np.hypot(x, y),
            "translation_x": x / 4,
            "translation_y": y / 4,
        }
    )


@pytest.mark.parametrize("control_points", [(1, 4), (4, 1), (0, 0), (4,), (2, 2, 2)])
def test_control_points_rejects(control_points):
    with pytest.raises(
        ValueError, match="control_points must be two whole numbers of at least 2, got"
    ) as caught:
        ThinPlateSpline(control_points)
    assert str(control_points) in str(caught.value)
