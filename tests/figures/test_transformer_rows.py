import numpy as np
import pytest

from stnctl.figures import transformer_rows
from stnctl.figures.example_grids import SIDE_COLOR, TOP_COLOR, grid_outlines
from stnctl.figures.gallery import RIGHT, WRONG
from stnctl.figures.transformer_rows import (
    MAX_PANELS,
    SIDE,
    PairColumn,
    max_rows,
    transformer_rows_png,
)
from stnctl.geometry import TRANSFORMS
from tests.figures.png_areas import areas, decode, height, near, width

SIZE, SIDE_PX = 20, SIDE * 150
BLUE, GROUND = "#0000ff", "#3a3a3a"
HALF = [0.5, 0, 0, 0, 0.5, 0]
WIDE = [1.2, 0, 0, 0, 1.2, 0]


def blue_maps(count):
    U = np.zeros((count, SIZE, SIZE, 3))
    U[..., 2] = 1
    return U


def draw_rows(*thetas, count=1, right=None):
    """Return the pixels of a figure in which each U and V is blue."""
    U = blue_maps(count)
    columns = []
    for number, theta in enumerate(thetas, 1):
        grid = TRANSFORMS["affine"].grid(np.array([theta] * count, "float64"), (SIZE, SIZE))
        outlines = grid_outlines(grid, (SIZE, SIZE), align_corners=True)
        heading = f"{number}: affine\nstep 1 of 2"
        columns.append(PairColumn(heading, U, U, outlines, [(0.0, 1.0)] * count))
    captions = [f"example {n}\nTrue: 1" for n in range(count)]
    right = [True] * count if right is None else right
    return decode(transformer_rows_png(U, (0.0, 1.0), columns, captions, right, title="x\ny"))


def panels(pixels):
    """Return the boxes of the panels, from top to bottom and from left to right."""
    inside = np.any(
        [near(pixels, color) for color in (BLUE, GROUND, TOP_COLOR, SIDE_COLOR)], axis=0
    )
    boxes = areas(inside, larger_than=10_000)
    return sorted(boxes, key=lambda box: (round(box[0].start / 30), box[1].start))


@pytest.mark.parametrize(("num_transformers", "count"), [(1, 1), (2, 3), (5, 2)])
def test_each_example_has_a_row(num_transformers, count):
    boxes = panels(draw_rows(*[HALF] * num_transformers, count=count))
    assert len(boxes) == count * (1 + 2 * num_transformers)
    assert len({round(box[0].start / 10) for box in boxes}) == count
    for box in boxes:
        assert width(box) == pytest.approx(SIDE_PX, abs=5)
        assert height(box) == pytest.approx(SIDE_PX, abs=5)


def test_v_is_nearer_to_its_u_than_other_panels():
    first, framed, result, next_framed, _ = panels(draw_rows(HALF, HALF))
    gaps = [
        right[1].start - left[1].stop
        for left, right in ((first, framed), (framed, result), (result, next_framed))
    ]
    assert gaps[0] == pytest.approx(gaps[2], abs=4)
    assert 5 <= gaps[1] < gaps[2] / 3


def test_outlines_are_on_the_left_of_each_pair():
    pixels = draw_rows(HALF, [0.5, 0, 0.4, 0, 0.5, 0])
    _, first, _, second, _ = panels(pixels)
    lefts = []
    for box in (first, second):
        rows, columns = np.nonzero(near(pixels[box], TOP_COLOR))
        pixel = SIDE_PX / (SIZE * 1.06)
        assert columns.max() - columns.min() == pytest.approx(9.5 * pixel, abs=5)
        assert rows.mean() == pytest.approx((4.75 + 0.5 + 0.6) * pixel, abs=5)
        lefts.append(columns.min())
    assert lefts[1] - lefts[0] == pytest.approx(3.8 * pixel, abs=5)


def test_maps_of_one_size_have_one_margin():
    """U is equally small under an outline inside it, and under one that extends beyond it."""
    pixels = draw_rows(HALF, WIDE)
    _, inside, _, beyond, _ = panels(pixels)
    widths = [np.ptp(np.nonzero(near(pixels[box], BLUE))[1]) for box in (inside, beyond)]
    assert widths[0] == pytest.approx(SIDE_PX / (1 + 2 * (0.1 * 19 / 20 + 0.03)), abs=6)
    assert widths[1] == pytest.approx(widths[0], abs=2)


def test_many_transformers_are_in_lines_of_nearly_equal_length(monkeypatch):
    monkeypatch.setattr(transformer_rows, "MAX_PAIRS", 4)
    tops = [round(box[0].start / 30) for box in panels(draw_rows(*[HALF] * 5))]
    assert [tops.count(top) for top in sorted(set(tops))] == [1 + 2 * 3, 2 * 2]


def test_captions_have_the_color_of_the_prediction():
    pixels = draw_rows(HALF, count=2, right=[True, False])
    first, second = [box[0] for box in panels(pixels)][::3]
    left = SIDE_PX
    for row, color in ((first, RIGHT), (second, WRONG)):
        assert near(pixels[row, : int(left)], color).sum() > 10


@pytest.mark.parametrize("theta", [[np.nan] * 6, [1, 0, 1e30, 0, 1, -1e30]])
def test_outlines_that_are_not_finite_or_far_away(theta):
    assert len(panels(draw_rows(theta, HALF))) == 5


@pytest.mark.parametrize("num_transformers", [1, 2, 5, 16, 256])
def test_max_rows_keeps_the_number_of_panels(num_transformers):
    rows, each = max_rows(num_transformers), 1 + 2 * num_transformers
    assert rows >= 1
    assert rows == 1 or rows * each <= MAX_PANELS < (rows + 1) * each
