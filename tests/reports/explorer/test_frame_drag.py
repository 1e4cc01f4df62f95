"""Dragging of the explorer's frame, and the fit of theta behind it."""

import numpy as np
import pytest

from stnctl.geometry import make_transform
from tests.reports.explorer.node import run_node

CORNERS = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
SCRIPT = """
import { draggedTheta } from "WEB/transforms/frame_drag.js";
import { familyTransform } from "WEB/transforms/families.js";
const results = payload.map(({ name, theta, kind, index, from, to, aspect }) => {
  const transform = familyTransform(name, 4, [100 * aspect, 100], false);
  const found = draggedTheta({ transform, theta, handle: { kind, index }, from, to, aspect });
  return { theta: found, matrix: transform.matrix(found) };
});
console.log(JSON.stringify(results));
"""


def dragged(name, theta, kind, index, start, end, aspect=1):
    case = {"name": name, "theta": theta, "kind": kind, "index": index, "aspect": aspect}
    [found] = run_node(SCRIPT, [{**case, "from": start, "to": end}])
    return found


def moved_corners(matrix):
    points = np.column_stack([CORNERS, np.ones(4)]) @ np.reshape(matrix, (3, 3)).T
    return points[:, :2] / points[:, 2:]


def test_middle_moves_all_corners():
    for name in ("affine", "projective", "rigid", "attention", "translation", "article"):
        identity = {"article": [0, 0, 0, 1, 0, 0]}.get(name)
        theta = identity or make_transform(name).identity().tolist()
        found = dragged(name, theta, "middle", 0, [0, 0], [0.3, -0.2])
        assert np.allclose(
            moved_corners(found["matrix"]), CORNERS + np.array([0.3, -0.2]), atol=1e-6
        ), name


def test_corner_of_an_affine_frame_stretches_it():
    found = dragged("affine", [1, 0, 0, 0, 1, 0], "corners", 2, [1, 1], [1.5, 0.6])
    expected = [[-1, -1], [1.5, -1], [1.5, 0.6], [-1, 0.6]]
    assert np.allclose(moved_corners(found["matrix"]), expected, atol=1e-4)


def test_corner_of_a_similarity_pins_the_opposite_one():
    found = dragged("similarity", [1, 0, 0, 0], "corners", 0, [-1, -1], [-0.4, -0.7])
    corners = moved_corners(found["matrix"])
    assert np.allclose(corners[0], [-0.4, -0.7], atol=0.01)
    assert np.allclose(corners[2], [1, 1], atol=0.01)


def test_corner_of_a_homography_moves_alone():
    found = dragged("projective", [1, 0, 0, 0, 1, 0, 0, 0], "corners", 1, [1, -1], [0.7, -0.6])
    expected = CORNERS.copy()
    expected[1] = [0.7, -0.6]
    assert np.allclose(moved_corners(found["matrix"]), expected, atol=1e-9)


@pytest.mark.parametrize("end", [[-1.5, 1.5], [-3, 3], [-1, 1]])
def test_corners_that_form_no_quadrilateral_are_refused(end):
    identity = [1, 0, 0, 0, 1, 0, 0, 0]
    assert dragged("projective", identity, "corners", 1, [1, -1], end)["theta"] == identity


@pytest.mark.parametrize("aspect", [1, 0.5])
def test_knob_rotates_in_pixels(aspect):
    """The frame of the article's family keeps its shape, also on an image that is not square."""
    angle = np.radians(25)
    end = [1.3 * np.sin(angle) * aspect, -1.3 * np.cos(angle)]
    found = dragged(
        "article", [0.1, 0, 0, 0.8, 0, 0], "knob", 0, [0.1, -1.3], [end[0] + 0.1, end[1]], aspect
    )
    assert np.allclose(found["theta"], [0.1, 0, angle, 0.8, 0, 0], atol=1e-6)


def test_edge_stretches_and_shears():
    found = dragged("affine", [1, 0, 0, 0, 1, 0], "edges", 0, [0, -1], [0.2, -0.5])
    expected = [[-0.8, -0.5], [1.2, -0.5], [1, 1], [-1, 1]]
    assert np.allclose(moved_corners(found["matrix"]), expected, atol=1e-6)


def test_control_point_moves_alone():
    identity = make_transform("thin_plate_spline").identity()
    found = dragged("thin_plate_spline", identity.tolist(), "points", 5, [0, 0], [0.1, -0.2])
    expected = identity.copy()
    expected[10:12] = 0.1, -0.2
    assert np.allclose(found["theta"], expected)


def test_every_drag_gives_finite_numbers():
    rng = np.random.default_rng(1)
    cases = []
    for name in (
        "affine",
        "projective",
        "similarity",
        "attention",
        "article",
        "diffeomorphic_affine",
    ):
        for _ in range(40):
            count = {"projective": 8, "similarity": 4, "attention": 3}.get(name, 6)
            theta = (rng.standard_normal(count) * rng.choice([0, 0.01, 1, 30])).tolist()
            kind = str(rng.choice(["corners", "edges", "middle", "knob"]))
            start, end = (rng.standard_normal((2, 2)) * 3).tolist()
            case = {"name": name, "theta": theta, "kind": kind, "index": int(rng.integers(4))}
            cases.append({**case, "from": start, "to": end, "aspect": 0.7})
    for case, found in zip(cases, run_node(SCRIPT, cases), strict=True):
        assert None not in found["theta"], case
