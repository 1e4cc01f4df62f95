"""Keys of runs by which lists are filtered and sorted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # the command line reads the names of the keys for its help
    from stnctl.runs.summary import RunSummary

Kind = Literal["text", "count", "share", "number", "duration"]
"""Kind of a value. A share is 0 to 1, and a duration is in seconds."""

Best = Literal["lowest", "highest"]


@dataclass(frozen=True)
class RunKey:
    """Key of a run.

    Attributes:
        kind: Kind of its values.
        value: Function from a run to its value, None if it is unknown.
        best: Which value is the best one, None if none is.
    """

    kind: Kind
    value: Callable[["RunSummary"], Any]
    best: Best | None = None


def _since(name: str) -> Callable[["RunSummary"], float | None]:
    """Return the function from a run to the seconds since one of its times."""

    def seconds(run: "RunSummary") -> float | None:
        time: datetime | None = getattr(run, name)
        return None if time is None else (datetime.now(UTC) - time).total_seconds()

    return seconds


def _field(kind: Kind, name: str, best: Best | None = None) -> RunKey:
    return RunKey(kind, attrgetter(name), best)


KEYS: dict[str, RunKey] = {
    "name": _field("text", "name"),
    "age": RunKey("duration", _since("started")),
    "touched": RunKey("duration", _since("touched")),
    "state": _field("text", "state"),
    "data": _field("text", "data"),
    "network": _field("text", "network"),
    "parameters": _field("count", "parameters", "lowest"),
    "epochs": _field("count", "epochs"),
    "best_epoch": _field("count", "best_epoch"),
    "validation_accuracy": _field("share", "validation_accuracy", "highest"),
    "validation_loss": _field("number", "validation_loss", "lowest"),
    "loss": _field("number", "loss", "lowest"),
    "test_error": _field("share", "test_error", "lowest"),
    "test_loss": _field("number", "test_loss", "lowest"),
    "epoch_seconds": _field("number", "epoch_seconds", "lowest"),
    "seed": _field("count", "seed"),
    "version": _field("text", "version"),
}
"""Name of a key -> the key, in the order of the help."""

BEST_KEYS = tuple(name for name, key in KEYS.items() if key.best)
"""Names of the keys by which a run is the best."""
