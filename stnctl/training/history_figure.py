"""The figure history.png of a run, which is drawn during its training.

A training never fails because of its figure, and drawing takes a small share of its time.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from stnctl.config.train_section import TrainConfig
from stnctl.errors import DivergedError, InputError
from stnctl.figures.history import history_png
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_epochs
from stnctl.runs.snapshots import read_snapshots
from stnctl.runs.summary import summarize
from stnctl.storage.atomic import atomic_write
from stnctl.training.callbacks import Callback, EpochMetrics, Interrupted, PassOn
from stnctl.training.schedule_rates import rates_of_epochs

Row = dict[str, Any]

MAX_SHARE = 0.02
"""Largest share of the time of a training in which its figure is drawn, but for the last time."""

FIRST_SECONDS = 1.0
"""Expected duration of the first drawing, which loads matplotlib."""


def draw_history(run: RunDirectory, train: TrainConfig) -> None:
    """Draw the finished epochs of a run as its history.png. Without an epoch, do nothing.

    Args:
        run: The run.
        train: The section `train` of its configuration.

    Raises:
        InputError: If the metrics of the run can't be read.
        EnvironmentFault: If the figure can't be written.
    """
    if (figure := history_of(run, train)) is not None:
        atomic_write(run.history, figure)


def history_of(run: RunDirectory, train: TrainConfig) -> bytes | None:
    """Return a PNG of the finished epochs of a run that may be untrusted; None without an epoch.

    Arguments and errors as in `read_history`.
    """
    rows, drift_rows = read_history(run, train)
    if not rows:
        return None
    best = summarize(run)
    title = f"{run.name}: {len(rows)} epoch{'' if len(rows) == 1 else 's'}"
    if best.best_epoch is not None and best.validation_accuracy is not None:
        title = f"{title}, best validation accuracy {best.validation_accuracy:.4f}"
    return history_png(rows, drift_rows, title=title, best_epoch=best.best_epoch)


def read_history(run: RunDirectory, train: TrainConfig) -> tuple[list[Row], list[Row]]:
    """Return the rows of `stnctl.figures.history` for the finished epochs, and those of the drift.

    There is a drift of theta if the run has snapshots, and a learning rate if it changes. The
    movement and the spread of the rotation are those of the first transformer.

    Args:
        run: The run.
        train: The section `train` of its configuration.

    Raises:
        InputError: If the metrics of the run can't be read.
        EnvironmentFault: If there is no permission to read a file.
    """
    rows = read_epochs(run)
    rates = rates_of_epochs(train, [row["step"] for row in rows]) if rows else None
    for number, row in enumerate(rows):
        row["learning_rate"] = None if rates is None else rates[number]
        row |= _of_first_transformer(row)
    return rows, _drift_of_theta(run)


class HistoryFigure(PassOn):
    """Callback that passes each call on to another callback, and draws history.png.

    The figure is drawn after an epoch if all drawings take at most `MAX_SHARE` of the time since
    the start. After the first failure, there is one warning, and nothing is drawn any more.
    """

    def __init__(
        self,
        callback: Callback,
        run: RunDirectory,
        train: TrainConfig,
        on_warning: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Store the arguments, and start to measure the time.

        Args:
            callback: The other callback.
            run: The run.
            train: The section `train` of its configuration.
            on_warning: Called with the warning.
            clock: A monotonic clock, in seconds.
        """
        super().__init__(callback)
        self.run = run
        self.train = train
        self.on_warning = on_warning
        self.clock = clock
        self.start = clock()
        self.drawing, self.expected = 0.0, FIRST_SECONDS
        self.is_outdated = self.has_failed = False

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Pass the call on, and draw the figure if there is time."""
        super().on_epoch_end(metrics, best=best)
        self.is_outdated = True
        if self.drawing + self.expected <= MAX_SHARE * (self.clock() - self.start):
            self.draw()

    def draw(self) -> None:
        """Draw the figure if an epoch is missing in it."""
        if not self.is_outdated or self.has_failed:
            return
        began = self.clock()
        try:
            draw_history(self.run, self.train)
        except Exception as error:  # also those of matplotlib
            self.has_failed = True
            self.on_warning(f"the figure {self.run.history} is not up to date: {error}")
        self.is_outdated = False
        self.expected = self.clock() - began
        self.drawing += self.expected


@contextmanager
def history_figure(
    callback: Callback, run: RunDirectory, train: TrainConfig, on_warning: Callable[[str], None]
) -> Iterator[Callback]:
    """Provide the `HistoryFigure` of a training in the ``with`` block; draw it at the end.

    The arguments are those of `HistoryFigure`. The last figure is also drawn if the training is
    interrupted or has diverged.
    """
    figure = HistoryFigure(callback, run, train, on_warning)
    try:
        yield figure
    except (Interrupted, DivergedError):
        figure.draw()
        raise
    figure.draw()


def _of_first_transformer(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the first transformer in a row of metrics.jsonl, by their keys."""
    transformers = _section(row, "transformers")
    first = _section(transformers, next(iter(transformers), ""))
    rotation = _section(_section(first, "alignment"), "rotation")
    return {
        "movement": first.get("movement"),
        "rotation_before": rotation.get("spread_before"),
        "rotation_after": rotation.get("spread_after"),
    }


def _section(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section = data.get(key)
    return section if isinstance(section, dict) else {}


def _drift_of_theta(run: RunDirectory) -> list[dict[str, float]]:
    """Return rows with the drift of theta, one for each epoch in the snapshots."""
    try:
        snapshots = read_snapshots(run)
    except InputError:
        return []
    if snapshots is None:
        return []
    pairs = zip(snapshots.epochs.tolist(), snapshots.drift.tolist(), strict=True)
    return [{"epoch": epoch, "theta_drift": drift} for epoch, drift in pairs]
