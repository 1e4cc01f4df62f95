from typing import Any

import numpy as np
import pytest

from stnctl.figures.heat_map import MAX_WRITTEN, HeatMap, heat_map_png, heat_map_svg
from tests.figures.png_areas import decode, near

VALUES = np.array([[90.0, 91.5, np.nan], [95.25, 92.0, 93.0]])


def heat(values=VALUES, rows=None, columns=None):
    rows = rows or [f"r{n}" for n in range(len(values))]
    columns = columns or [f"c{n}" for n in range(values.shape[1])]
    return HeatMap(values, rows, columns, "train.a", "train.b", "accuracy (%)")


@pytest.fixture
def draw(monkeypatch):
    """Return a function that draws, and returns the axes of the cells and of the color bar."""
    monkeypatch.setattr("stnctl.figures.heat_map.png", lambda figure: figure)

    def draw_heat(*arguments, **options) -> Any:
        figure: Any = heat_map_png(heat(*arguments, **options), title="x")
        return figure.axes

    return draw_heat


def test_heat_map_has_numbers_in_its_cells(draw):
    cells, bar = draw()
    numbers = {text.get_position(): text.get_text() for text in cells.texts}
    assert numbers == {
        (0, 0): "90.00", (1, 0): "91.50", (0, 1): "95.25", (1, 1): "92.00", (2, 1): "93.00",
    }  # fmt: skip
    assert (cells.get_xlabel(), cells.get_ylabel(), bar.get_ylabel()) == (
        "train.b",
        "train.a",
        "accuracy (%)",
    )
    assert [text.get_text() for text in cells.get_xticklabels()] == ["c0", "c1", "c2"]
    assert [text.get_text() for text in cells.get_yticklabels()] == ["r0", "r1"]


def test_heat_map_has_a_frame_around_the_best(draw):
    cells, _ = draw()
    [frame] = cells.patches
    assert frame.get_xy() == (-0.5, 0.5)


def test_heat_map_numbers_are_legible(draw):
    """They are white on dark cells, black on light ones."""
    cells, _ = draw(np.array([[0.0, 100.0]]))
    assert [text.get_color() for text in cells.texts] == ["white", "black"]


def test_heat_map_of_many_values(draw):
    """It has no numbers, and fewer names."""
    cells, _ = draw(np.arange(2.0 * MAX_WRITTEN).reshape(4, -1))
    assert len(cells.texts) == 0
    assert 30 < len(cells.get_xticklabels()) <= 60


@pytest.mark.parametrize("values", [np.full((2, 2), np.nan), np.full((1, 1), 5.0)])
def test_heat_map_of_few_values(values):
    assert decode(heat_map_png(heat(values), title="x")).size


def test_heat_map_png():
    """Missing values are gray. Hostile names are texts."""
    names = ["$a$\x1b", "_b" * 200, "\u202e"]
    pixels = decode(heat_map_png(heat(columns=names), title="$x$"))
    assert near(pixels, "#e4e4e4", within=1).sum() > 2000
    assert near(pixels, "#fde725").sum() > 2000  # the last color of viridis
    assert near(pixels, "#d55e00").sum() > 200


def test_heat_map_svg():
    assert heat_map_svg(heat(rows=["<a>", "b"]), prefix="p").count("&lt;a&gt;") == 1
