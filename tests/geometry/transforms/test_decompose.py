import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry.transforms.decompose import at_center, decompose, displacement_parts
from stnctl.geometry.transforms.projective import Projective

ANGLES = st.floats(-179, 179)
SCALES = st.floats(0.1, 4)
SIGNS = st.sampled_from([1, -1])


def rotation(degrees):
    angle = math.radians(degrees)
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def rows_of(matrix, translation=(0, 0)):
    return np.column_stack([matrix, translation])


@given(degrees=ANGLES, scale_x=SCALES, scale_y=SCALES, sign=SIGNS, shear=st.floats(-2, 2))
@settings(deadline=None)
def test_decompose_roundtrip(degrees, scale_x, scale_y, sign, shear):
    parts = {
        "rotation_degrees": degrees,
        "scale_x": scale_x,
        "scale_y": sign * scale_y,
        "shear": shear,
        "translation_x": 0.25,
        "translation_y": -0.5,
    }
    matrix = rotation(degrees) @ [[1, shear], [0, 1]] @ np.diag([scale_x, sign * scale_y])
    found = decompose(rows_of(matrix, (0.25, -0.5)))
    assert found == pytest.approx(parts, rel=1e-9, abs=1e-9)
    assert decompose(np.vstack([rows_of(matrix, (0.25, -0.5)), [0, 0, 1]])) == found


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[1, 0], [0, 1]], {"rotation_degrees": 0, "scale_x": 1, "scale_y": 1, "shear": 0}),
        ([[0, -1], [1, 0]], {"rotation_degrees": 90, "scale_x": 1, "scale_y": 1, "shear": 0}),
        ([[1, 0], [0, -1]], {"rotation_degrees": 0, "scale_x": 1, "scale_y": -1, "shear": 0}),
        ([[-1, 0], [0, 1]], {"rotation_degrees": 180, "scale_x": 1, "scale_y": -1, "shear": 0}),
        ([[1, 0.5], [0, 1]], {"rotation_degrees": 0, "scale_x": 1, "scale_y": 1, "shear": 0.5}),
    ],
    ids=["identity", "quarter_turn", "mirror_y", "mirror_x", "shear"],
)
def test_decompose_preset(matrix, expected):
    found = decompose(rows_of(matrix))
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
def test_decompose_preset_without_area(matrix):
    parts = decompose(rows_of(matrix))
    assert parts["scale_x"] == pytest.approx(math.hypot(matrix[0][0], matrix[1][0]))
    assert parts["scale_y"] == 0
    assert parts["shear"] == 0


@given(theta=st.tuples(*[st.floats(-2, 2)] * 8).map(np.array))
@settings(deadline=None, max_examples=30)
def test_at_center_random(theta):
    """It is the derivative of the map at the center, and the image of the center."""
    points = np.array([[[0, 0], [1e-6, 0], [-1e-6, 0], [0, 1e-6], [0, -1e-6]]])
    center, right, left, down, up = Projective().apply(theta[None], points)[0, 0]
    found = at_center(np.append(theta, 1).reshape(3, 3))
    expected = np.column_stack([(right - left) / 2e-6, (down - up) / 2e-6, center])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-8)


def test_at_center_identity():
    np.testing.assert_array_equal(at_center(np.eye(3)), np.eye(3)[:2])


def test_displacement_parts_preset():
    """Two points: one moved by (3, 4) pixels, one by (-1, 0)."""
    parts = displacement_parts(np.array([1.5, 1, -0.5, 0], "float32"), np.array([2, 4]))
    assert parts == {
        "mean_displacement": 3.0,
        "largest_displacement": 5.0,
        "translation_x": 1.0,
        "translation_y": 2.0,
    }
    assert all(type(value) is float for value in parts.values())
