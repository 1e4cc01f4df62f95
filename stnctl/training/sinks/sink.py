"""Interface of a sink, and the numbers that it receives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from stnctl.training.callbacks import EpochMetrics

Values = dict[str, float]
"""Name of a number, such as ``validation/loss`` -> its value."""

SHOWN = {
    "train/loss": "loss",
    "train/accuracy": "accuracy",
    "validation/loss": "validation_loss",
    "validation/accuracy": "validation_accuracy",
    "time/seconds": "seconds",
    "time/images_per_second": "images_per_second",
}
"""Name of a number -> attribute of `EpochMetrics`."""


@dataclass(frozen=True)
class SinkStart:
    """Facts about a training, for a sink that is opened.

    Attributes:
        name: Name of the run.
        folder: Folder in the run directory for the files of the sinks.
        config: The configuration as dotted keys with their values.
        num_epochs: Number of finished epochs, above 0 after a resume.
    """

    name: str
    folder: Path
    config: Mapping[str, Any]
    num_epochs: int


class Sink(Protocol):
    """Program that follows a training. A thread calls all of its methods."""

    def open(self, start: SinkStart) -> None:
        """Connect to the program, and describe the run."""

    def write(self, epoch: int, values: Values) -> None:
        """Pass on the numbers of an epoch, counted from 1."""

    def close(self, status: str) -> None:
        """Disconnect.

        Args:
            status: "finished", "stopped" or "failed".
        """


def values_of(metrics: EpochMetrics) -> Values:
    """Return the numbers of an epoch, also those of each transformer."""
    values = {name: float(getattr(metrics, attribute)) for name, attribute in SHOWN.items()}
    for transformer, numbers in metrics.transformers.items():
        values |= dict(_flat(numbers, f"transformers/{transformer}"))
    return values


def _flat(numbers: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, float]]:
    for name, value in numbers.items():
        key = f"{prefix}/{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, key)
        elif isinstance(value, int | float):
            yield key, float(value)


def flat_config(data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested data as dotted keys with plain values; lists stay as they are."""
    flat: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, Mapping):
            flat |= flat_config(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
