"""Log of a training: one line for each epoch and each stage in the log of the run."""

import math
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import yaml

from stnctl.config.short_form import short_data
from stnctl.config.stages import stages_of
from stnctl.config.train_section import TrainConfig
from stnctl.training.callbacks import EpochMetrics, StopOnly


class EpochLog(StopOnly):
    """Callback that writes a line for each epoch and each stage to the log of a run."""

    def __init__(self, train: TrainConfig, log: Path, should_stop: Callable[[], bool]) -> None:
        """Store the arguments.

        Args:
            train: The section `train` of the configuration.
            log: The log of the run.
            should_stop: Returns whether the training must stop after the current step.
        """
        super().__init__(should_stop)
        self.epochs = train.epochs
        self.log = log
        lines = stage_lines(train)
        firsts = [stage.first_epoch + 1 for stage in stages_of(train)]
        self._has_collapsed = False
        self._stage_lines = dict(zip(firsts, lines, strict=True)) if len(lines) > 1 else {}

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        """Write a line about the stage to the log, if the epoch is its first one."""
        if epoch in self._stage_lines:
            self.write(self._stage_lines[epoch])

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Write the metrics of the epoch to the log, and collapses after an epoch without any."""
        self.write(epoch_line(metrics, self.epochs, best=best))
        if not self._has_collapsed:
            for collapse in metrics.collapses:
                self.on_collapse(collapse)
        self._has_collapsed = bool(metrics.collapses)

    def on_collapse(self, sentence: str) -> None:
        """Write a sentence about a transformer that has collapsed to the log."""
        self.write(f"collapse  {sentence}")

    def write(self, line: str) -> None:
        """Write a line to the log."""
        with self.log.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def stage_lines(train: TrainConfig) -> list[str]:
    """Return a line of text for each stage of a training, with the keys that it replaces."""
    stages = stages_of(train)
    lines = []
    for stage in stages:
        first, last = stage.first_epoch + 1, stage.first_epoch + stage.train.epochs
        epochs = f"epoch {first}" if first == last else f"epochs {first} to {last}"
        keys = short_data(train.stages[stage.index]) if stage is not stages[-1] else {}
        keys.pop("epochs", None)
        text = yaml.safe_dump(keys, default_flow_style=True, sort_keys=False, width=math.inf)
        lines.append(
            f"stage {stage.index + 1}/{len(stages)}  {epochs}  {text if keys else ''}".strip()
        )
    return lines


def epoch_line(metrics: EpochMetrics, epochs: int, *, best: bool) -> str:
    """Return a line of text with the metrics of an epoch and the remaining time.

    Args:
        metrics: The metrics.
        epochs: Number of epochs of the training.
        best: Whether the epoch is the best one so far.
    """
    return (
        f"epoch {metrics.epoch}/{epochs}  loss {metrics.loss:.4f}  "
        f"accuracy {metrics.accuracy:.4f}  val. loss {metrics.validation_loss:.4f}  "
        f"val. accuracy {metrics.validation_accuracy:.4f}  {metrics.seconds:.1f} s  "
        f"{metrics.images_per_second:.0f} images/s  "
        f"left {remaining_time(metrics, epochs)}{'  best' if best else ''}"
    )


def remaining_time(metrics: EpochMetrics, epochs: int) -> timedelta:
    """Return the remaining time of a training, estimated from the duration of this epoch."""
    return timedelta(seconds=round(metrics.seconds * (epochs - metrics.epoch)))
