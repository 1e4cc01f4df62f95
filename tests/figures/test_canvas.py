import re
import xml.etree.ElementTree as ET

import pytest

from stnctl.figures.canvas import DOTS_PER_INCH, GRID, INK, new_figure, page_figure, png, svg
from tests.figures.png_areas import decode


def draw(x):
    with new_figure(2, 3) as figure:
        figure.text(x, 0.5, "word " * 10, ha="center")
        figure.add_axes((0, 0, 1, 1)).set_axis_off()
        return png(figure)


@pytest.mark.parametrize("x", [0.5, -1, 4])
def test_png_shows_all_drawn_parts(x):
    """Also text outside the figure; with a margin, on white."""
    pixels = decode(draw(x))
    assert pixels.shape[1] > 2 * DOTS_PER_INCH
    assert (pixels == 0).any()
    for margin in (pixels[:10], pixels[-10:], pixels[:, :10], pixels[:, -10:]):
        assert (margin == 255).all()


def test_png_repeats():
    assert draw(0.5) == draw(0.5)


def draw_svg(prefix="p"):
    with page_figure(2, 3) as figure:
        axes = figure.add_axes((0.2, 0.2, 0.7, 0.7))
        axes.plot([0, 1], [0, 1], marker="o")
        axes.set_title("a < b")
        return svg(figure, prefix)


def test_svg_is_an_element_in_the_colors_of_the_page():
    text = draw_svg()
    root = ET.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "a < b" in "".join(root.itertext())
    assert "currentColor" in text
    assert "var(--grid)" in text
    assert not re.search(f"{INK}|{GRID}|#000000|#ffffff", text)


def test_svg_ids_have_the_prefix_and_repeat():
    first, second = (ET.fromstring(draw_svg(prefix)) for prefix in ("a", "b"))
    ids = [{e.get("id") for e in root.iter() if e.get("id")} for root in (first, second)]
    assert not ids[0] & ids[1]
    used = re.findall(r'(?:href="#|url\(#)([^")]+)', draw_svg("a"))
    assert used
    assert set(used) <= ids[0]
    assert draw_svg() == draw_svg()
