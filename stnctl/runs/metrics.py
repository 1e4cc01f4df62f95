"""`metrics.jsonl`: one row of strict JSON per epoch, written so that a resumed run has no doubles.

A row is there when its newline is. Append the row of an epoch *before* the commit of its last
step: a crash between the two then leaves a row that `keep_until` drops, not a gap.
"""

import json
import math
import os
from collections.abc import Mapping
from io import FileIO
from typing import Any

import numpy as np

from stnctl.errors import InputError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.files import (
    atomic_write,
    fsync_directory,
    parse_json,
    read_bytes,
    reporting,
)


def append_row(run: RunDirectory, row: Mapping[str, Any]) -> None:
    """Add one row in one write, and wait until the disk has it.

    What a crash left of an unfinished row is cut off first.

    Args:
        run: The run.
        row: It has an int ``step``. Floats that are not finite are written as null.

    Raises:
        EnvironmentFault: If it can't be written. The earlier rows are then unchanged.
        ValueError: If the row has no int ``step``.
    """
    plain = _plain(row)
    if not _has_step(plain):
        raise ValueError(f"a row needs an int 'step', got {plain.get('step')!r}")
    line = json.dumps(plain, allow_nan=False).encode() + b"\n"
    with reporting(run.metrics, safe="the earlier rows are unchanged"):
        descriptor = os.open(run.metrics, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            _append(file, line)
        fsync_directory(run.path)


def read_rows(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the rows, oldest first; none if there is no file. An unfinished last row is left out.

    Raises:
        InputError: If a line is not a row.
        EnvironmentFault: If the file may not be read.
    """
    return [_parse(line, run, number) for number, line in enumerate(_lines(run), start=1)]


def keep_until(run: RunDirectory, step: int) -> None:
    """Drop the rows beyond ``step``, the step of the commit that a run resumes from.

    The rows that stay are unchanged to the byte.

    Raises:
        InputError: If a line is not a row.
        EnvironmentFault: If the file can't be written. It is then unchanged.
    """
    if not run.metrics.exists():
        return
    kept = [
        line + b"\n"
        for number, line in enumerate(_lines(run), start=1)
        if _parse(line, run, number)["step"] <= step
    ]
    atomic_write(run.metrics, b"".join(kept))


def _append(file: FileIO, line: bytes) -> None:
    """Write ``line`` after the last finished row, or leave the file with its finished rows."""
    end = file.readall().rfind(b"\n") + 1
    file.truncate(end)
    file.seek(end)
    try:
        while line:
            line = line[file.write(line) :]  # a full disk takes a part, then raises
        os.fsync(file.fileno())
    except OSError:
        file.truncate(end)
        raise


def _lines(run: RunDirectory) -> list[bytes]:
    """Return the finished lines, without their newlines."""
    return read_bytes(run.metrics).split(b"\n")[:-1] if run.metrics.exists() else []


def _parse(line: bytes, run: RunDirectory, number: int) -> dict[str, Any]:
    row = parse_json(line, f"{run.metrics}:{number}")
    if not _has_step(row):
        raise InputError(f"{run.metrics}:{number} must hold an int 'step', got {row.get('step')!r}")
    return row


def _has_step(row: Mapping[str, Any]) -> bool:
    return type(row.get("step")) is int


def _plain(value: Any) -> Any:
    """Return ``value`` in the words of JSON: no NumPy scalars, no floats that are not finite."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value
