import pytest

from stnctl.figures.canvas import DOTS_PER_INCH, new_figure, png, write
from tests.figures.pictures import decode


def draw(x):
    figure = new_figure(2, 3)
    figure.text(x, 0.5, "word " * 10, ha="center")
    figure.add_axes((0, 0, 1, 1)).set_axis_off()
    return png(figure)


@pytest.mark.parametrize("x", [0.5, -1, 4])
def test_png_holds_all_that_is_drawn(x):
    """Also what lies beside the figure; with a margin, on white."""
    picture = decode(draw(x))
    assert picture.shape[1] > 2 * DOTS_PER_INCH
    assert (picture == 0).any()
    for margin in (picture[:10], picture[-10:], picture[:, :10], picture[:, -10:]):
        assert (margin == 255).all()


def test_png_repeats():
    assert draw(0.5) == draw(0.5)


@pytest.mark.parametrize("text", [r"$\foo$.png", "cost $5 and $6", "写真.png", "\udcff.png"])
def test_write_preset_names_of_files(text):
    """They are no mathematics, and draw something even where the font has no glyph."""
    figure = new_figure(2, 1)
    write(figure, 0.5, 0.5, text, ha="center")
    assert (decode(png(figure)) == 0).any()
