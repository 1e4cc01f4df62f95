import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry import TRANSFORMS
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.transforms.affine import Affine
from tests.geometry.goldens import torch_cases
from tests.geometry.runners import RUNNERS
from tests.geometry.tolerance import assert_close

AFFINE = TRANSFORMS["affine"]
THETAS = st.tuples(*[st.floats(-2, 2)] * 6).map(np.array)
ANGLES = st.floats(-179, 179)
SCALES = st.floats(0.1, 4)
SIGNS = st.sampled_from([1, -1])
SIZES = st.tuples(st.integers(2, 30), st.integers(2, 30))


def turn(degrees):
    angle = math.radians(degrees)
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def theta_of(matrix, translation=(0, 0)):
    return np.column_stack([matrix, translation]).ravel().astype(float)


def matrix_of(parts):
    return (
        turn(parts["rotation_degrees"])
        @ [[1, parts["shear"]], [0, 1]]
        @ np.diag([parts["scale_x"], parts["scale_y"]])
    )


def with_last_row(theta):
    return np.vstack([theta.reshape(2, 3), [0, 0, 1]])


def test_identity_preset():
    assert AFFINE.num_params == 6
    np.testing.assert_array_equal(AFFINE.identity(), np.float64([1, 0, 0, 0, 1, 0]), strict=True)


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_grid_identity(dtype, align_corners):
    grid = AFFINE.grid(AFFINE.identity().astype(dtype)[None], (4, 7), align_corners=align_corners)
    expected = regular_grid((4, 7), align_corners=align_corners, dtype=dtype)
    np.testing.assert_array_equal(grid, expected[None], strict=True)


def test_grid_preset():
    theta = np.array([[2.0, 0, 0.5, 0, 3, -0.25], [0, -1, 0, 1, 0, 0]])
    grid = AFFINE.grid(theta, (1, 2))
    np.testing.assert_array_equal(grid[0], [[[-1.5, -0.25], [2.5, -0.25]]])
    np.testing.assert_array_equal(grid[1], [[[0, -1], [0, 1]]])


@pytest.mark.parametrize("case", torch_cases())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_grid_golden_torch(case, dtype):
    found = AFFINE.grid(
        case.theta.astype(dtype), case.output_size, align_corners=case.align_corners
    )
    assert found.dtype == dtype
    assert_close(found, case.grid, dtype)


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_grid_random_backends(runner, dtype):
    theta = np.random.default_rng(0).normal(size=(3, 6))
    found = runner(lambda theta: AFFINE.grid(theta, (5, 4)), theta.astype(dtype))
    assert found.dtype == dtype
    assert_close(found, AFFINE.grid(theta, (5, 4)), dtype)


@given(first=THETAS, second=THETAS)
@settings(deadline=None)
def test_grid_random_composition(first, second):
    composed = (with_last_row(first) @ with_last_row(second))[:2].reshape(1, 6)
    points = AFFINE.grid(second[None], (4, 5))
    rows = first.reshape(2, 3)
    np.testing.assert_allclose(
        AFFINE.grid(composed, (4, 5)), points @ rows[:, :2].T + rows[:, 2], rtol=0, atol=1e-13
    )


@given(degrees=ANGLES, scale_x=SCALES, scale_y=SCALES, sign=SIGNS, shear=st.floats(-2, 2))
@settings(deadline=None)
def test_describe_roundtrip(degrees, scale_x, scale_y, sign, shear):
    parts = {
        "rotation_degrees": degrees,
        "scale_x": scale_x,
        "scale_y": sign * scale_y,
        "shear": shear,
        "translation_x": 0.25,
        "translation_y": -0.5,
    }
    found = AFFINE.describe(theta_of(matrix_of(parts), (0.25, -0.5)))
    assert found == pytest.approx(parts, rel=1e-9, abs=1e-9)


def test_describe_identity():
    parts = AFFINE.describe(AFFINE.identity())
    assert parts == {
        "rotation_degrees": 0,
        "scale_x": 1,
        "scale_y": 1,
        "shear": 0,
        "translation_x": 0,
        "translation_y": 0,
    }


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[0, -1], [1, 0]], {"rotation_degrees": 90, "scale_x": 1, "scale_y": 1, "shear": 0}),
        ([[1, 0], [0, -1]], {"rotation_degrees": 0, "scale_x": 1, "scale_y": -1, "shear": 0}),
        ([[-1, 0], [0, 1]], {"rotation_degrees": 180, "scale_x": 1, "scale_y": -1, "shear": 0}),
        ([[1, 0.5], [0, 1]], {"rotation_degrees": 0, "scale_x": 1, "scale_y": 1, "shear": 0.5}),
    ],
    ids=["quarter_turn", "mirror_y", "mirror_x", "shear"],
)
def test_describe_preset(matrix, expected):
    found = AFFINE.describe(theta_of(matrix))
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "matrix",
    [
        [[0, 0], [0, 0]],
        [[1, 2], [2, 4]],
        [[1, 3], [3, 9]],
        [[0.1, 0.3], [0.3, 0.9]],
        [[1, 0.5], [0, 0]],
        [[0, 1], [0, 0]],
    ],
)
def test_describe_preset_without_area(matrix):
    parts = AFFINE.describe(theta_of(matrix))
    assert parts["scale_x"] == pytest.approx(math.hypot(matrix[0][0], matrix[1][0]))
    assert parts["scale_y"] == 0
    assert parts["shear"] == 0


@given(theta=THETAS, size=SIZES, align_corners=st.booleans())
@settings(deadline=None)
def test_in_pixels_random(theta, size, align_corners):
    """The pixel matrix moves pixel points as theta moves the same points, normalized."""
    half = np.array([size[1] - align_corners, size[0] - align_corners]) / 2
    rows = AFFINE.in_pixels(theta, size, size, align_corners=align_corners).reshape(2, 3)
    target = regular_grid(size, align_corners=align_corners, dtype="float64")
    source = AFFINE.grid(theta[None], size, align_corners=align_corners)[0]
    np.testing.assert_allclose(
        (target * half) @ rows[:, :2].T + rows[:, 2], source * half, rtol=0, atol=1e-11
    )


@given(degrees=ANGLES, size=SIZES, align_corners=st.booleans())
@settings(deadline=None)
def test_in_pixels_random_turn(degrees, size, align_corners):
    """A turn of the pixels is told as that turn, however long the sides are."""
    half = np.array([size[1] - align_corners, size[0] - align_corners]) / 2
    theta = theta_of(turn(degrees) * half / half[:, None])
    parts = AFFINE.describe(AFFINE.in_pixels(theta, size, size, align_corners=align_corners))
    assert parts["rotation_degrees"] == pytest.approx(degrees, abs=1e-9)
    assert parts["scale_x"] == pytest.approx(1)
    assert parts["scale_y"] == pytest.approx(1)
    assert parts["shear"] == pytest.approx(0, abs=1e-12)


def test_in_pixels_preset():
    theta = np.array([0, -2, 0.5, 0.5, 0, -1])
    expected = [0, -4, 2, 0.25, 0, -2]
    np.testing.assert_array_equal(AFFINE.in_pixels(theta, (5, 9), (5, 9)), expected)


def test_in_pixels_preset_one_pixel():
    """An axis of one pixel counts as two: the identity stays the identity."""
    identity = AFFINE.identity()
    np.testing.assert_array_equal(AFFINE.in_pixels(identity, (1, 5), (1, 5)), identity)


def test_in_pixels_preset_other_output_size():
    found = AFFINE.in_pixels(AFFINE.identity(), (11, 21), (31, 41))
    np.testing.assert_allclose(found, [0.5, 0, 0, 0, 1 / 3, 0])


@pytest.mark.parametrize("shape", [(6,), (2, 5), (1, 2, 3), (1, 7)])
def test_grid_rejects_shape(shape):
    with pytest.raises(ValueError, match=r"theta must have shape \(B, 6\), got") as caught:
        AFFINE.grid(np.zeros(shape), (2, 2))
    assert str(shape) in str(caught.value)


@pytest.mark.parametrize("shape", [(1, 6), (5,), (2, 3)])
@pytest.mark.parametrize("method", ["describe", "in_pixels"])
def test_describe_rejects_shape(method, shape):
    arguments = [(3, 3), (3, 3)] if method == "in_pixels" else []
    with pytest.raises(ValueError, match=r"theta must have shape \(6\), got") as caught:
        getattr(Affine(), method)(np.zeros(shape), *arguments)
    assert str(shape) in str(caught.value)


def test_grid_rejects_integers():
    with pytest.raises(ValueError, match="theta must be floating, got int64"):
        AFFINE.grid(np.array([[1, 0, 0, 0, 1, 0]]), (2, 2))
