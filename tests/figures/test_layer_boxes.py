from typing import Any

import pytest

from stnctl.figures.layer_boxes import COLORS, FigureSizeError, LayerBox, layer_boxes_png
from tests.figures.png_areas import areas, decode, height, near, width

BOXES = [
    LayerBox("conv", (32, 32, 16), "network"),
    LayerBox("pool", (8, 8, 16), "network", (0,)),
    LayerBox("conv", (8, 8, 512), "other", (0,)),
    LayerBox("join", (8, 8, 528), "network", (1, 2)),
]


def test_layer_boxes_have_the_sizes_of_the_maps():
    """A map with a fourth of the side has a box of a fourth of the width."""
    pixels = decode(layer_boxes_png("x", BOXES))
    blue, orange = (areas(near(pixels, color), larger_than=400) for color in COLORS[:2])
    first, pool, joined = blue
    [conv] = orange
    assert width(first) == pytest.approx(4 * width(pool), abs=8)
    assert height(first) == pytest.approx(height(pool), abs=1)
    assert height(conv) > 1.5 * height(pool)
    assert width(conv) == pytest.approx(width(pool), abs=1)
    assert conv[0].start == pytest.approx((pool[0].start + pool[0].stop - height(conv)) / 2, abs=2)
    assert conv[1].start > first[1].stop
    assert joined[0].start > conv[0].stop


def test_layer_boxes_texts(monkeypatch):
    monkeypatch.setattr("stnctl.figures.layer_boxes.png", lambda figure: figure)
    figure: Any = layer_boxes_png("net: $5", BOXES)
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts[:3] == ["net: $5", "network", "other"]
    assert texts[3:5] == ["conv\n32×32×16", "pool\n8×8×16"]


def test_layer_boxes_too_many():
    boxes = [LayerBox("conv", (1, 1, 1), "x", (n - 1,) if n else ()) for n in range(600)]
    with pytest.raises(FigureSizeError, match="600 boxes in 600 rows and 1 columns"):
        layer_boxes_png("x", boxes)
