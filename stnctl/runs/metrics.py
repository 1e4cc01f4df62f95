"""`metrics.jsonl` and `times.jsonl`: one row per epoch, so that a resumed run has no doubles.

The metrics are the same to the byte on every resume, so no clock may be in them: what an epoch
took is a row of the times. Those are only a note, and no damage to them stops anything.

Append the row of an epoch *before* the commit of its last step: a crash between the two then
leaves a row that `truncate_after` drops, not a gap.
"""

from collections.abc import Mapping
from typing import Any

from stnctl.runs.directory import RunDirectory
from stnctl.storage import jsonl


def append_metrics(run: RunDirectory, row: Mapping[str, Any]) -> None:
    """Add a row to the metrics. Arguments and errors as in `stnctl.storage.jsonl.append_row`."""
    jsonl.append_row(run.metrics, row)


def append_times(run: RunDirectory, row: Mapping[str, Any]) -> None:
    """Add a row to the times. Arguments and errors as in `stnctl.storage.jsonl.append_row`."""
    jsonl.append_row(run.times, row)


def read_metrics(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the rows of the metrics, oldest first; none if there is no file.

    An unfinished last row is left out.

    Raises:
        InputError: If the file is not a regular one, or too large, or a line is not a row.
        EnvironmentFault: If the file may not be read.
    """
    return jsonl.read_rows(run.metrics)


def read_times(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the rows of the times that can be read, oldest first."""
    return jsonl.read_rows(run.times, skip_damaged=True)


def truncate_after(run: RunDirectory, step: int) -> None:
    """Drop the rows beyond ``step``, the step of the commit that a run resumes from.

    The rows that stay are unchanged to the byte. Of the times, what can't be read is dropped too.

    Raises:
        InputError: If a line of the metrics is not a row.
        EnvironmentFault: If a file can't be written. It is then unchanged.
    """
    jsonl.truncate_after(run.metrics, step)
    jsonl.truncate_after(run.times, step, skip_damaged=True)
