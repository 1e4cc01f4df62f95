from typing import Any

import numpy as np
import pytest

from stnctl.figures.curve import COLORS
from stnctl.figures.value_slices import (
    MAX_SLICES,
    ValueSlice,
    value_slices_png,
    value_slices_svg,
)
from tests.figures.png_areas import decode, near

RESULTS = np.array([90.0, 95.0, np.nan, 92.0])
RATES = ValueSlice("rate", np.array([1e-4, 1e-3, 1e-2, 1e-1]))
KINDS = ValueSlice("kind", np.array([0.0, 1.0, 1.0, 0.0]), ["article", "polar"])


@pytest.fixture
def draw(monkeypatch):
    """Return a function that draws, and returns the axes."""
    monkeypatch.setattr("stnctl.figures.value_slices.png", lambda figure: figure)

    def draw_slices(*slices) -> Any:
        figure: Any = value_slices_png(slices, RESULTS, name="accuracy (%)", title="x")
        return figure.axes

    return draw_slices


@pytest.mark.parametrize(
    ("values", "is_logarithmic"),
    [
        ([1e-4, 1e-3, 1e-2], True),
        ([1e-4, 3e-4, 1e-3], True),
        ([16, 32, 64], False),
        ([0, 1e-3, 1e-2], False),
        ([-1e-3, 1e-2], False),
        (np.random.default_rng(0).uniform(0, 1, 100), False),
        (10 ** np.random.default_rng(0).uniform(-4, -1, 100), True),
        ([5.0, 5.0], False),
        ([np.nan], False),
        ([], False),
    ],
)
def test_is_logarithmic(values, is_logarithmic):
    """Values drawn uniformly can span decades too."""
    assert ValueSlice("x", np.array(values, float)).is_logarithmic == is_logarithmic


def test_value_slices(draw):
    """Trials without a result are left out, and the best one is marked."""
    rates, kinds = draw(RATES, KINDS)
    points, best = rates.collections
    np.testing.assert_array_equal(points.get_offsets(), [[1e-4, 90], [1e-3, 95], [1e-1, 92]])
    np.testing.assert_array_equal(best.get_offsets(), [[1e-3, 95]])
    assert (rates.get_xscale(), kinds.get_xscale()) == ("log", "linear")
    assert [text.get_text() for text in kinds.get_xticklabels()] == ["article", "polar"]
    np.testing.assert_array_equal(kinds.collections[1].get_offsets(), [[1, 95]])
    assert (rates.get_xlabel(), rates.get_ylabel()) == ("rate", "accuracy (%)")
    alphas = points.get_alpha()
    assert alphas[0] < alphas[1] < alphas[2] == 1


def test_value_slices_of_many_keys(draw):
    assert len(draw(*[RATES] * MAX_SLICES)) == MAX_SLICES


def test_value_slices_without_values(draw):
    [panel] = draw(ValueSlice("x", np.full(4, np.nan)))
    assert len(panel.collections) == 0


def test_value_slices_png():
    """The ticks of a logarithmic axis are numbers, and hostile names are texts."""
    hostile = ValueSlice("$a$\x1b", KINDS.values, ["$\u202e$" * 40, "_b"])
    data = value_slices_png([RATES, hostile], RESULTS, name="$x", title="_x")
    pixels = decode(data)
    assert near(pixels, COLORS[1]).sum() > 100


def test_value_slices_svg():
    text = value_slices_svg([RATES, KINDS], RESULTS, name="accuracy", prefix="p")
    assert ">0.001<" in text
    assert "polar" in text
