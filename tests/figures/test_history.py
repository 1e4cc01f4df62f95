import math
from typing import Any

import numpy as np
import pytest

from stnctl.figures.curve import COLORS
from stnctl.figures.history import MAX_MARKED, history_png
from tests.figures.png_areas import decode, near


def rows(count, **further):
    """Return rows of a training that learns, with the same values of further keys."""
    return [
        {
            "epoch": epoch, "loss": 2 * math.exp(-epoch / 5), "accuracy": 1 - 0.8 / epoch,
            "validation_loss": 2.5 * math.exp(-epoch / 6), "validation_accuracy": 0.9 - 0.7 / epoch,
            "seconds": 0.8, **further,
        }
        for epoch in range(1, count + 1)
    ]  # fmt: skip


@pytest.fixture
def axes(monkeypatch):
    """Return a function that draws, and returns the axes of each panel by its name."""
    monkeypatch.setattr("stnctl.figures.history.png", lambda figure, crop: figure)

    def draw(rows, best_epoch=None):
        figure: Any = history_png(rows, title="x", best_epoch=best_epoch)
        return {ax.get_ylabel(): ax for ax in figure.axes}

    return draw


def curves(ax):
    return [[float(value) for value in line.get_ydata()] for line in ax.lines]


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_history_has_a_panel_for_each_quantity(axes):
    panels = axes(rows(20), best_epoch=3)
    assert list(panels) == ["loss", "accuracy", "seconds per epoch"]
    expected = [row["validation_accuracy"] for row in rows(20)]
    assert curves(panels["accuracy"])[1] == expected
    assert labels(panels["accuracy"]) == ["training", "validation", "best epoch, 3"]
    assert panels["loss"].lines[2].get_xdata() == [3, 3]
    assert panels["seconds per epoch"].get_ylim()[0] == 0


def test_history_has_a_panel_for_a_changing_learning_rate(axes):
    panels = axes(rows(5, learning_rate=0.1))
    assert list(panels)[3:] == ["learning rate"]
    assert curves(panels["learning rate"]) == [[0.1] * 5]


def test_history_has_a_panel_for_the_drift_of_theta(monkeypatch):
    """It has epochs of its own: 0 is the state before the training, and epochs are left out."""
    monkeypatch.setattr("stnctl.figures.history.png", lambda figure, crop: figure)
    drift = [{"epoch": epoch, "theta_drift": epoch / 8} for epoch in (0, 4, 8)]
    figure: Any = history_png(rows(8), drift, title="x")
    [line] = figure.axes[-1].lines
    assert figure.axes[-1].get_ylabel() == "drift of theta"
    assert list(line.get_xdata()) == [0, 4, 8]
    assert list(line.get_ydata()) == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("values", "scale"), [((2.0, 1.0), "linear"), ((2.0, 0.01), "log"), ((2.0, 0.0), "linear")]
)
def test_history_has_a_logarithmic_loss_if_it_falls_far(axes, values, scale):
    panels = axes([{"epoch": n, "loss": value} for n, value in enumerate(values, 1)])
    assert panels["loss"].get_yscale() == scale


@pytest.mark.parametrize(("count", "marker"), [(1, "o"), (MAX_MARKED, "o"), (1000, "")])
def test_history_marks_few_epochs(axes, count, marker):
    """The ticks are epochs, also if there is only one."""
    panels = axes(rows(count))
    assert panels["loss"].lines[0].get_marker() == marker
    low, high = panels["loss"].get_xlim()
    ticks = [tick for tick in panels["loss"].get_xticks() if low <= tick <= high]
    assert ticks
    assert all(tick == round(tick) for tick in ticks)


def test_history_leaves_gaps(axes):
    """A value that can't be drawn is a gap: null, a text, NaN, a number that is too large."""
    bad = [None, "2", True, [1], float("nan"), float("inf"), 10**400, -1e300]
    panels = axes([{"epoch": n, "loss": value} for n, value in enumerate([1.0, *bad, 0.5], 1)])
    assert list(panels) == ["loss"]
    [loss] = curves(panels["loss"])
    assert np.isnan(loss[1:-1]).all()
    assert (loss[0], loss[-1]) == (1.0, 0.5)


@pytest.mark.parametrize("epochs", [[1, 1, 2], [3, 2, 1], [1, 2, 10**300], [None, "x", {}]])
def test_history_counts_epochs_if_their_numbers_are_wrong(axes, epochs):
    panels = axes([{"epoch": epoch, "loss": 1.0} for epoch in epochs])
    assert list(panels["loss"].lines[0].get_xdata()) == [1, 2, 3]


def test_history_continues_the_numbers_of_its_epochs(axes):
    """Also if the first rows of a run were lost."""
    panels = axes([{"epoch": epoch, "loss": 1.0} for epoch in (7, 8)], best_epoch=3)
    assert list(panels["loss"].lines[0].get_xdata()) == [7, 8]
    assert labels(panels["loss"]) == ["training"]


def test_history_png():
    """Both curves are visible; a hostile title is a text."""
    pixels = decode(history_png(rows(1000), title="$x$ \x1b[31m" + 300 * "y", best_epoch=999))
    assert all(near(pixels, color).sum() > 500 for color in COLORS[:2])


@pytest.mark.parametrize("of", [[], [{}], [{"loss": None}], [{"loss": 1e30}, {"loss": -1e30}]])
def test_history_png_of_few_values(of):
    assert decode(history_png(of, title="x")).shape[1] == 1500
