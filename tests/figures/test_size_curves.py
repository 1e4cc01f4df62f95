from typing import Any

import numpy as np
import pytest

from stnctl.figures.curve import COLORS
from stnctl.figures.size_curves import SizeCurve, size_curves_png, size_curves_svg
from tests.figures.png_areas import decode, near

SIZES = np.array([100.0, 1000.0, 54_000.0])
NONE = np.full(3, np.nan)


def curve(label="cnn", error=(30.0, 10.0, 2.0), by=1.0):
    errors = np.array(error)
    return SizeCurve(label, SIZES, errors, errors - by, errors + by)


@pytest.fixture
def draw(monkeypatch):
    """Return a function that draws, and returns the axes."""
    monkeypatch.setattr("stnctl.figures.size_curves.png", lambda figure: figure)

    def draw_curves(*curves) -> Any:
        figure: Any = size_curves_png(curves, name="test error (%)", title="x")
        [axes] = figure.axes
        return axes

    return draw_curves


def test_size_curves(draw):
    axes = draw(curve(), SizeCurve("stn", SIZES[:2], np.array([20.0, 5.0]), NONE[:2], NONE[:2]))
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    cnn, stn = axes.containers
    np.testing.assert_array_equal(cnn.lines[0].get_ydata(), [30, 10, 2])
    [bars] = cnn.lines[2]
    np.testing.assert_allclose(
        [segment[:, 1] for segment in bars.get_segments()], [[29, 31], [9, 11], [1, 3]]
    )
    assert sum(map(len, stn.lines[2][0].get_segments())) == 0
    assert [text.get_text() for text in axes.get_xticklabels()] == ["100", "1,000", "54,000"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["cnn", "stn"]


def test_size_curves_of_similar_errors(draw):
    """Their axis begins with 0, and shows the intervals."""
    axes = draw(curve(error=(12.0, 11.0, 10.0), by=20.0))
    assert axes.get_yscale() == "linear"
    assert axes.get_ylim() == pytest.approx((0, 1.05 * 32))


@pytest.mark.parametrize("error", [(0.0, 0.0, 0.0), (100.0, 50.0, 0.0), (100.0, 100.0, 100.0)])
def test_size_curves_png(error):
    """Errors of 0 have no logarithm. Hostile names are texts."""
    pixels = decode(size_curves_png([curve("$a$_\x1b", error)], name="$x", title="_"))
    assert near(pixels, COLORS[0]).sum() > 200


def test_size_curves_svg():
    assert ">54,000<" in size_curves_svg([curve()], name="error", prefix="p")
