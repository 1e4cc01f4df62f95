"""Result of a cell of a sweep, from its own run or from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from stnctl.runs.alignment_record import PartNumbers

CellState = Literal["finished", "running", "interrupted", "diverged", "pruned", "failed", "missing"]
"""State of a cell. A failed cell has an error, a search has stopped a pruned one, and a missing one
has no run."""


@dataclass(frozen=True)
class CellResult:
    """Result of a cell. A value that is unknown is None.

    The values are those of files that may be untrusted: texts can contain any characters.

    Attributes:
        cell: Name of the cell.
        values: Dotted key -> value of the keys that differ between the groups of the sweep.
        seed: The seed.
        run: Folder of its run; None without one.
        state: Its state.
        problem: Error of a failed cell, or None.
        epochs: Number of finished epochs.
        validation_accuracy: Accuracy of the best checkpoint on the validation images, 0 to 1.
        test_accuracy: The same on the test images, if it was measured.
        parameters: Number of parameters of the network.
        seconds: Duration of all epochs.
        fingerprint: Fingerprint of the configuration.
        alignment: Alignment of the first transformer on the test images; {} if it is unknown.
    """

    cell: str
    values: Mapping[str, Any]
    seed: int
    run: Path | None = None
    state: CellState = "missing"
    problem: str | None = None
    epochs: int | None = None
    validation_accuracy: float | None = None
    test_accuracy: float | None = None
    parameters: int | None = None
    seconds: float | None = None
    fingerprint: str = ""
    alignment: PartNumbers = field(default_factory=dict)
