from typing import Any

import pytest

from stnctl.figures.layer_boxes import PER_ROW, LayerBox, layer_boxes_png
from tests.figures.png_areas import areas, decode, height, near, width

BLUE, ORANGE = "#9ecae1", "#fdae6b"


def test_layer_boxes_have_the_sizes_of_the_maps():
    """A map with a fourth of the side has a box of half the height; a vector has a narrow box."""
    boxes = [
        LayerBox("conv", (32, 32, 8), "network"),
        LayerBox("pool", (8, 8, 8), "network"),
        LayerBox("dense", (10,), "network"),
    ]
    pixels = decode(layer_boxes_png("x", boxes))
    large, small, vector = sorted(areas(near(pixels, BLUE)), key=lambda box: box[1].start)
    assert height(large) == pytest.approx(2 * height(small), abs=4)
    assert width(large) == pytest.approx(width(small), abs=2)
    assert width(vector) < width(small) / 2


def test_layer_boxes_parts_have_rows_and_colors():
    """A new part begins a new row; a long part continues in the next row."""
    parts = ["a"] * (PER_ROW + 1) + ["b"]
    pixels = decode(layer_boxes_png("x", [LayerBox("conv", (4, 4, 1), part) for part in parts]))
    blue, orange = areas(near(pixels, BLUE)), areas(near(pixels, ORANGE))
    assert (len(blue), len(orange)) == (PER_ROW + 1, 1)
    tops = sorted({box[0].start for box in blue})
    assert len(tops) == 2
    assert orange[0][0].start > tops[-1]
    assert orange[0][1].start == min(box[1].start for box in blue)


def test_layer_boxes_titles(monkeypatch):
    monkeypatch.setattr("stnctl.figures.layer_boxes.png", lambda figure: figure)
    figure: Any = layer_boxes_png("net: $5", [LayerBox("conv", (4, 5, 1), "network")])
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "conv\n4×5×1" in texts
    assert texts[0].startswith("net: ")
