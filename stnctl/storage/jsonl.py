"""Files of rows: on each line one object of strict JSON, with an int ``step``.

A row is there when its newline is, so that a crash can't leave half of one.
"""

import json
import math
import os
from collections.abc import Iterator, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.errors import InputError, StnctlError
from stnctl.storage.atomic import atomic_write, fsync_directory
from stnctl.storage.disk import explain_os_errors
from stnctl.storage.json_files import parse_json
from stnctl.storage.regular_file import open_without_links, read_bytes

_MAX_BYTES = 2**25
_MAX_ROWS = 250_000
"""More than a run has epochs."""


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Add one row in one write, and wait until the disk has it.

    What a crash left of an unfinished row is cut off first.

    Args:
        path: The file.
        row: It has an int ``step``. Floats that are not finite are written as null.

    Raises:
        InputError: If ``path`` is not a regular file, or too large.
        EnvironmentFault: If it can't be written. The earlier rows are then unchanged.
        ValueError: If the row has no int ``step``.
    """
    plain = _plain(row)
    if not _has_step(plain):
        raise ValueError(f"a row needs an int 'step', got {plain.get('step')!r}")
    line = json.dumps(plain, allow_nan=False).encode() + b"\n"
    with explain_os_errors(path, safe="the earlier rows are unchanged"):
        descriptor = open_without_links(path, os.O_RDWR | os.O_CREAT, _MAX_BYTES)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            _append(file, line)
        fsync_directory(path.parent)


def read_rows(path: Path, *, skip_damaged: bool = False) -> list[dict[str, Any]]:
    """Return the rows, oldest first; none if there is no file. An unfinished last row is left out.

    Args:
        path: The file.
        skip_damaged: Leave out what can't be read, instead of raising.

    Raises:
        InputError: If ``path`` is not a regular file, or too large, or a line is not a row.
        EnvironmentFault: If the file may not be read.
    """
    return [row for _, row in _parsed(path, skip_damaged)]


def truncate_after(path: Path, step: int, *, skip_damaged: bool = False) -> None:
    """Drop the rows beyond ``step``; the others are unchanged to the byte.

    Args:
        path: The file.
        step: The last step that stays.
        skip_damaged: Drop what can't be read, instead of raising.

    Raises:
        InputError: As in `read_rows`.
        EnvironmentFault: If the file can't be read or written. It is then unchanged.
    """
    if os.path.lexists(path):
        kept = [line for line, row in _parsed(path, skip_damaged) if row["step"] <= step]
        atomic_write(path, b"".join(line + b"\n" for line in kept))


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


def _parsed(path: Path, skip_damaged: bool) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield the finished lines, without their newlines, with the rows in them."""
    try:
        lines = _lines(path) if os.path.lexists(path) else []
    except StnctlError:
        if not skip_damaged:
            raise
        return
    for number, line in enumerate(lines, start=1):
        try:
            yield line, _parse(line, f"{path}:{number}")
        except InputError:
            if not skip_damaged:
                raise


def _lines(path: Path) -> list[bytes]:
    data = read_bytes(path, _MAX_BYTES)
    if (num_rows := data.count(b"\n")) > _MAX_ROWS:
        raise InputError(f"{path} has {num_rows:,} lines, more than the {_MAX_ROWS:,} allowed")
    return data.split(b"\n")[:-1]


def _parse(line: bytes, where: str) -> dict[str, Any]:
    row = parse_json(line, where)
    if not _has_step(row):
        raise InputError(f"{where} must hold an int 'step', got {row.get('step')!r}")
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
