from typing import Any

import numpy as np
import pytest

from stnctl.figures.band_curves import Band, band_curves_png, band_curves_svg
from stnctl.figures.curve import COLORS
from tests.figures.png_areas import decode, near


def rows(*accuracies):
    return [{"epoch": n, "validation_accuracy": each} for n, each in enumerate(accuracies, 1)]


SEEDS = [rows(0.5, 0.8, 0.9), rows(0.7, 0.9, 0.94), rows(0.6, 0.7, 0.95)]


@pytest.fixture
def draw(monkeypatch):
    """Return a function that draws, and returns the figure."""
    monkeypatch.setattr("stnctl.figures.band_curves.png", lambda figure: figure)

    def draw_bands(*bands, **options) -> Any:
        return band_curves_png(bands, title="x", **options)

    return draw_bands


def test_band_of():
    """The expected values are those of NumPy."""
    band = Band.of("a", SEEDS)
    values = 100 * np.array([[0.5, 0.8, 0.9], [0.7, 0.9, 0.94], [0.6, 0.7, 0.95]])
    np.testing.assert_allclose(band.mean, values.mean(axis=0))
    np.testing.assert_allclose(band.std, values.std(axis=0, ddof=1))
    assert (band.epochs.tolist(), band.count) == ([1, 2, 3], 3)


def test_band_of_one_training():
    band = Band.of("a", SEEDS[:1])
    np.testing.assert_allclose(band.mean, [50, 80, 90])
    assert np.isnan(band.std).all()


def test_band_of_trainings_that_stopped_early():
    """It ends with the shortest one; the mean is always that of all trainings."""
    band = Band.of("a", [rows(0.5, 0.6, 0.7), rows(0.4, 0.8)])
    np.testing.assert_allclose(band.mean, [45, 70])


@pytest.mark.parametrize("trainings", [[], [[]], [rows(None, "1")], [rows(10**400)]])
def test_band_of_nothing(trainings):
    assert Band.of("a", trainings) is None


def test_band_of_trainings_without_common_epochs():
    assert Band.of("a", [rows(0.5), [{"epoch": 9, "validation_accuracy": 0.5}]]) is None


def test_band_curves(draw):
    """Each group has its mean as a line in both panels, and its standard deviation as an area."""
    accuracy, error = draw(Band.of("a", SEEDS), Band.of("b", [rows(0.2, 0.3)])).axes
    lines = [list(line.get_ydata()) for line in accuracy.lines]
    assert lines == [pytest.approx([60, 80, 93]), pytest.approx([20, 30])]
    assert list(error.lines[0].get_ydata()) == pytest.approx([40, 20, 7])
    [area] = accuracy.collections
    ys = area.get_paths()[0].vertices[:, 1]
    assert (ys.min(), ys.max()) == pytest.approx((50, 93 + np.std([90, 94, 95], ddof=1)))
    assert [text.get_text() for text in error.get_legend().get_texts()] == ["a (3)", "b"]
    assert (accuracy.get_ylabel(), error.get_ylabel()) == (
        "validation accuracy (%)",
        "validation error (%)",
    )
    assert error.get_yscale() == "log"


def test_band_curves_count_the_groups_left_out(draw):
    _, error = draw(Band.of("a", SEEDS), num_left_out=1234).axes
    assert error.get_legend().get_texts()[-1].get_text() == "and 1,234 more"


def test_band_curves_png():
    """Hostile names are texts, perfect results have no logarithm."""
    bands = [Band.of("$a$_\x1b", [rows(1.0, 1.0)]), Band.of("_b", [rows(0.0, 0.5)])]
    pixels = decode(band_curves_png(bands, title="\u202e$x$\n"))
    assert all(near(pixels, color).sum() > 300 for color in COLORS[:2])


def test_band_curves_without_groups():
    assert decode(band_curves_png([], title="x")).size


def test_band_curves_svg():
    assert band_curves_svg([Band.of("a<b", SEEDS)], prefix="p").count("a&lt;b (3)") == 1
