"""The files `metrics.jsonl` and `times.jsonl`, each with one row per epoch.

Durations are in a separate file, so that `metrics.jsonl` has the same bytes after every resume. A
resume drops damaged rows of `times.jsonl`.

Append the rows of an epoch *before* its checkpoint is saved. A crash between the two then leaves
rows that `truncate_after` drops, so a resumed run has no missing and no duplicate rows.
"""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from stnctl.runs.directory import RunDirectory
from stnctl.runs.summary_files import number
from stnctl.storage import jsonl


def append_metrics(
    run: RunDirectory, metrics_row: Mapping[str, Any], times_row: Mapping[str, Any]
) -> None:
    """Append the rows of one epoch to both files, and wait until they are on the disk.

    Args:
        run: The run.
        metrics_row: Values that are the same after every resume, with an int ``step``. Floats
            that are not finite are written as null.
        times_row: Durations and speeds, with the same ``step``.

    Raises:
        InputError: If a file is not a regular file, or is too large.
        EnvironmentFault: If a row can't be written. The earlier rows are then unchanged.
        ValueError: If a row has no int ``step``.
    """
    jsonl.append_row(run.times, times_row)
    jsonl.append_row(run.metrics, metrics_row)


def read_metrics(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the rows of `metrics.jsonl` in the order of the epochs; none without the file.

    An unfinished last row is skipped.

    Raises:
        InputError: If it is not a regular file, or is too large, or a line is not a row.
        EnvironmentFault: If there is no permission to read the file.
    """
    return jsonl.read_rows(run.metrics)


def read_epochs(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the rows of `read_metrics`, each with the times of its step in `times.jsonl`.

    A damaged row of `times.jsonl` is skipped, and the row of its epoch has no times.

    Raises:
        InputError: As in `read_metrics`.
        EnvironmentFault: As in `read_metrics`.
    """
    times = {row["step"]: row for row in jsonl.read_rows(run.times, skip_damaged=True)}
    return [{**times.get(row["step"], {}), **row} for row in read_metrics(run)]


def times_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """Return the times of a training: the total, and the medians of the epochs.

    The median is not changed by the first epoch, which takes longer.

    Args:
        rows: Rows of `read_epochs`. A time that is missing or no finite number is left out.

    Returns:
        ``seconds`` of all epochs together, ``seconds_per_epoch`` and ``images_per_second``; None
        if no epoch has the time.
    """
    seconds, speeds = (_numbers(rows, key) for key in ("seconds", "images_per_second"))
    return {
        "seconds": sum(seconds) if seconds else None,
        "seconds_per_epoch": median(seconds) if seconds else None,
        "images_per_second": median(speeds) if speeds else None,
    }


def truncate_after(run: RunDirectory, step: int) -> None:
    """Drop the rows with a larger ``step`` from both files, before a run is resumed.

    The bytes of the other rows stay the same. Damaged rows of `times.jsonl` are dropped too.

    Args:
        run: The run.
        step: The step at the end of the last complete epoch of the resumed checkpoint.

    Raises:
        InputError: If a line of `metrics.jsonl` is not a row.
        EnvironmentFault: If a file can't be written. This file is then unchanged.
    """
    jsonl.truncate_after(run.metrics, step)
    jsonl.truncate_after(run.times, step, skip_damaged=True)


def _numbers(rows: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    values = (number(row.get(key)) for row in rows)
    return [value for value in values if value is not None and value >= 0]
