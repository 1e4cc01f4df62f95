from typing import Any

import numpy as np
import pytest

from stnctl.figures.curve import COLORS
from stnctl.figures.training_curves import MAX_LABELS, Training, comparison_png
from tests.figures.png_areas import decode, near


def rows(*accuracies):
    return [
        {"epoch": epoch, "validation_accuracy": accuracy, "validation_loss": 2 / epoch}
        for epoch, accuracy in enumerate(accuracies, 1)
    ]


@pytest.fixture
def panels(monkeypatch):
    """Return a function that draws, and returns the axes of accuracy and loss."""
    monkeypatch.setattr("stnctl.figures.training_curves.png", lambda figure, crop: figure)

    def draw(*trainings):
        figure: Any = comparison_png(trainings)
        return figure.axes

    return draw


def labels(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_comparison_png_has_a_curve_for_each_run(panels):
    accuracy, loss = panels(Training("cnn", rows(0.5, 0.6)), Training("stn", rows(0.9, 0.8, 0.7)))
    assert [list(line.get_ydata()) for line in accuracy.lines] == [[0.5, 0.6], [0.9, 0.8, 0.7]]
    assert [line.get_color() for line in loss.lines] == [COLORS[0], COLORS[1]]
    assert labels(accuracy) == ["cnn", "stn"]
    assert (accuracy.get_title(), loss.get_title()) == ("validation accuracy", "validation loss")


def test_comparison_png_has_the_mean_of_a_group(panels):
    """It ends with the shortest run; the curves of the runs are thin lines of the same color."""
    group = [Training("x", rows(*values)) for values in ((0.5, 0.6, 0.7), (0.4, 0.8))]
    accuracy, _ = panels(*group, Training("y", rows(0.1)))
    *runs, mean, other = accuracy.lines
    assert [list(run.get_ydata()) for run in runs] == [[0.5, 0.6, 0.7], [0.4, 0.8]]
    np.testing.assert_allclose(mean.get_ydata(), [0.45, 0.7])
    assert max(run.get_linewidth() for run in runs) < mean.get_linewidth()
    assert {line.get_color() for line in (*runs, mean)} == {COLORS[0]} != {other.get_color()}
    assert labels(accuracy) == ["x, mean of 2 runs", "y"]


def test_comparison_png_of_a_group_without_common_epochs(panels):
    """A run whose first rows are lost; nothing fails without a mean."""
    late = [{"epoch": 9, "validation_accuracy": 0.5}]
    accuracy, _ = panels(Training("x", rows(0.5)), Training("x", late))
    assert [len(line.get_xdata()) for line in accuracy.lines] == [1, 1, 0]


def test_comparison_png_leaves_out_hostile_values(panels):
    accuracy, _ = panels(Training("x", rows(None, "1", 0.5, 10**400)), Training("y", [{}]))
    [line] = accuracy.lines
    np.testing.assert_array_equal(line.get_ydata(), [np.nan, np.nan, 0.5, np.nan])
    assert labels(accuracy) == ["x"]


def test_comparison_png_distinguishes_many_groups(panels):
    """After the last color, the lines are dashed; the legend has the first labels."""
    count = MAX_LABELS + 5
    accuracy, _ = panels(*[Training(f"g{n}", rows(n / count, 0.5)) for n in range(count)])
    looks = {(line.get_color(), line.get_linestyle()) for line in accuracy.lines}
    assert len(looks) == count
    assert labels(accuracy) == [*(f"g{n}" for n in range(MAX_LABELS)), "and 5 more"]


def test_comparison_png():
    """Both curves are visible, and hostile names are texts."""
    pixels = decode(
        comparison_png([Training("$a$_\x1b", rows(0.1, 0.2)), Training("_b", rows(0.4, 0.3))])
    )
    assert all(near(pixels, color).sum() > 300 for color in COLORS[:2])


@pytest.mark.parametrize("trainings", [[], [Training("x", [])]])
def test_comparison_png_without_values(trainings):
    assert decode(comparison_png(trainings)).size
