"""Figure that compares the trainings of several runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.figures.canvas import new_figure, png
from stnctl.figures.curve import COLORS
from stnctl.figures.history import EpochCurve, marker_of, set_scales
from stnctl.figures.text import add_legend, set_axis_names, set_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

QUANTITIES = {"validation_accuracy": "validation accuracy", "validation_loss": "validation loss"}
"""Key of a row -> name of its axis."""

MAX_LABELS = 20
"""Maximum number of labels in the legend."""

_STYLES = ("-", "--", ":", "-.")


@dataclass(frozen=True)
class Training:
    """Training of a run.

    Attributes:
        label: Name in the legend. Trainings with the same label have the same color.
        rows: One row for each epoch, with ``epoch`` and the keys of `QUANTITIES`. The rows may be
            those of an untrusted run.
    """

    label: str
    rows: Sequence[Mapping[str, Any]]


def comparison_png(trainings: Sequence[Training]) -> bytes:
    """Return a PNG with the curves of trainings, one panel for each of `QUANTITIES`.

    A value that is not a finite number is a gap in its curve.
    """
    labels = list(dict.fromkeys(training.label for training in trainings))
    with new_figure(10.5, 4.4) as figure:
        for number, (key, name) in enumerate(QUANTITIES.items()):
            ax = figure.add_axes((0.08 + 0.49 * number, 0.13, 0.42, 0.77))
            lines = _draw(ax, trainings, key, labels)
            set_title(ax, name, fontsize=11)
            set_axis_names(ax, x="epoch", y="")
            if number == 0 and lines:
                shown = list(lines)[:MAX_LABELS]
                more = [f"and {len(lines) - MAX_LABELS} more"] if len(lines) > MAX_LABELS else []
                names = [_counted(label, trainings) for label in shown]
                artists = [lines[label] for label in shown]
                add_legend(ax, artists + artists[:1] * len(more), names + more, fontsize=8)
        return png(figure, crop=False)


def _draw(
    ax: "Axes", trainings: Sequence[Training], key: str, labels: Sequence[str]
) -> "dict[str, Line2D]":
    """Draw the curves of a key, and return a line for each label that has one."""
    lines: dict[str, Line2D] = {}
    drawn: list[EpochCurve] = []
    for training in trainings:
        curve = EpochCurve.of(training.rows, key)
        if not curve.has_values:
            continue
        number = labels.index(training.label)
        [line] = ax.plot(curve.epochs, curve.values, linewidth=1.5, markersize=3)
        line.set_color(COLORS[number % len(COLORS)])
        line.set_linestyle(_STYLES[number // len(COLORS) % len(_STYLES)])
        line.set_marker(marker_of(len(curve.epochs)))
        lines.setdefault(training.label, line)
        drawn.append(curve)
    if drawn:
        epochs = np.concatenate([curve.epochs for curve in drawn])
        values = np.concatenate([curve.values for curve in drawn])
        set_scales(ax, epochs, values, logarithmic=key.endswith("loss"))
    return lines


def _counted(label: str, trainings: Sequence[Training]) -> str:
    count = sum(training.label == label for training in trainings)
    return label if count == 1 else f"{label} ({count} runs)"
