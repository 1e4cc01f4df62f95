"""Sink of a CSV file: metrics.csv, with one row for each epoch."""

import csv
import io
from pathlib import Path

from stnctl.storage.atomic import atomic_write
from stnctl.training.sinks.sink import SinkStart, Values

FILE = "metrics.csv"


class CsvSink:
    """Sink that writes the whole CSV file after each epoch.

    After a resume, the rows of earlier epochs are those of the file. A column that begins later is
    empty before.
    """

    def __init__(self) -> None:
        """Create a sink without rows."""
        self._path = Path(FILE)
        self._rows: list[dict[str, str]] = []

    def open(self, start: SinkStart) -> None:
        """Read the rows of earlier epochs."""
        self._path = start.folder / FILE
        if self._path.is_file():
            with self._path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            self._rows = [row for row in rows if int(row["epoch"]) <= start.num_epochs]

    def write(self, epoch: int, values: Values) -> None:
        """Add a row, and write the file."""
        kept = [row for row in self._rows if int(row["epoch"]) < epoch]
        self._rows = [*kept, {"epoch": str(epoch)} | {k: repr(v) for k, v in values.items()}]
        columns = dict.fromkeys(name for row in self._rows for name in row)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows)
        atomic_write(self._path, text.getvalue().encode())

    def close(self, status: str) -> None:
        """Do nothing: the file is complete after each epoch."""
