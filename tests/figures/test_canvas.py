import pytest

from stnctl.figures.canvas import DOTS_PER_INCH, new_figure, png
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
