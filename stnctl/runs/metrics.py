"""`metrics.jsonl` and `times.jsonl`: one row per epoch, so that a resumed run has no doubles.

The metrics are the same to the byte on every resume, so no clock may be in them: what an epoch
took is a row of the times. Those are only a note, and no damage to them stops anything.

Append the row of an epoch *before* the commit of its last step: a crash between the two then
leaves a row that `keep_until` drops, not a gap.
"""

from collections.abc import Mapping
from typing import Any

from stnctl.runs import rows
from stnctl.runs.directory import RunDirectory


def append_row(run: RunDirectory, row: Mapping[str, Any]) -> None:
    """Add a row to the metrics. Arguments and errors as in `stnctl.runs.rows.append`."""
    rows.append(run.metrics, row)


def append_times(run: RunDirectory, row: Mapping[str, Any]) -> None:
    """Add a row to the times. Arguments and errors as in `stnctl.runs.rows.append`."""
    rows.append(run.times, row)


def read_rows(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the rows of the metrics, oldest first; none if there is no file.

    An unfinished last row is left out.

    Raises:
        InputError: If the file is not a regular one, or too large, or a line is not a row.
        EnvironmentFault: If the file may not be read.
    """
    return rows.read(run.metrics)


def read_times(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the rows of the times that can be read, oldest first."""
    return rows.read(run.times, skip_damaged=True)


def keep_until(run: RunDirectory, step: int) -> None:
    """Drop the rows beyond ``step``, the step of the commit that a run resumes from.

    The rows that stay are unchanged to the byte. Of the times, what can't be read is dropped too.

    Raises:
        InputError: If a line of the metrics is not a row.
        EnvironmentFault: If a file can't be written. It is then unchanged.
    """
    rows.keep_until(run.metrics, step)
    rows.keep_until(run.times, step, skip_damaged=True)
