"""JSONL files: each line is a row, which is one object of strict JSON with an int ``step``.

A last line without a newline is not a row: it was left unfinished by a crash.
"""

import math
import os
from collections.abc import Iterator, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

from stnctl.errors import InputError, StnctlError
from stnctl.storage.atomic import atomic_write, flush_to_disk, fsync_directory
from stnctl.storage.disk import explain_os_errors
from stnctl.storage.json_files import json_bytes, parse_json
from stnctl.storage.regular_file import open_regular_file, read_regular_file

_MAX_BYTES = 2**25
_MAX_ROWS = 250_000


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Append one row, and wait until it is on the disk.

    An unfinished row, which a crash has left, is removed first.

    Args:
        path: The file. It is created if it does not exist.
        row: Row with an int ``step``. Floats that are not finite are written as null.

    Raises:
        InputError: If ``path`` is not a regular file, or would be too large to be read again.
        EnvironmentFault: If the row can't be written. The earlier rows are then unchanged.
        ValueError: If the row has no int ``step``.
    """
    plain = _plain(row)
    if not _has_step(plain):
        raise ValueError(f"a row needs an int 'step', got {plain.get('step')!r}")
    line = json_bytes(plain, indent=None)
    with explain_os_errors(path, safe="the earlier rows are unchanged"):
        descriptor = open_regular_file(
            path, os.O_RDWR | os.O_CREAT, follow_links=False, max_bytes=_MAX_BYTES
        )
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            _append(file, line, str(path))
        fsync_directory(path.parent)


def read_rows(path: Path, *, skip_damaged: bool = False) -> list[dict[str, Any]]:
    """Return the rows in the order of the file; an empty list if ``path`` does not exist.

    An unfinished last row is skipped.

    Args:
        path: The file.
        skip_damaged: Whether to skip damaged lines, or all lines of an unreadable file, instead of
            raising an error.

    Raises:
        InputError: If ``path`` is not a regular file, or is too large, or a line is not a row.
        EnvironmentFault: If there is no permission to read the file.
    """
    return [row for _, row in _parsed(path, skip_damaged)]


def read_lines(path: Path) -> list[bytes]:
    """Return the finished lines, not parsed and without their newlines; none without the file.

    Raises:
        InputError: If ``path`` is not a regular file, or is too large.
        EnvironmentFault: If there is no permission to read the file.
    """
    if not os.path.lexists(path):
        return []
    data = read_regular_file(path, _MAX_BYTES)
    _check_size(str(path), len(data), data.count(b"\n"))
    return data.split(b"\n")[:-1]


def truncate_after(path: Path, step: int, *, skip_damaged: bool = False) -> None:
    """Remove the rows with a larger ``step``; the bytes of the other rows stay the same.

    Args:
        path: The file.
        step: The largest step to keep.
        skip_damaged: Whether to remove damaged lines, or all lines of an unreadable file, instead
            of raising an error.

    Raises:
        InputError: As in `read_rows`.
        EnvironmentFault: If the file can't be read or written. The file is then unchanged.
    """
    if os.path.lexists(path):
        kept = [line for line, row in _parsed(path, skip_damaged) if row["step"] <= step]
        atomic_write(path, b"".join(line + b"\n" for line in kept))


def _append(file: FileIO, line: bytes, where: str) -> None:
    """Write ``line`` after the last finished row. After an error, only finished rows remain."""
    data = file.readall()
    end = data.rfind(b"\n") + 1
    _check_size(where, end + len(line), data.count(b"\n") + 1)
    file.truncate(end)
    file.seek(end)
    try:
        while line:
            line = line[file.write(line) :]  # a full disk accepts a part, then raises
        flush_to_disk(file.fileno())
    except OSError:
        file.truncate(end)
        raise


def _parsed(path: Path, skip_damaged: bool) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """Yield each finished line without its newline, and its parsed row."""
    try:
        lines = read_lines(path)
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


def _check_size(where: str, num_bytes: int, num_rows: int) -> None:
    """Raise if a file of this size can't be read."""
    if num_rows > _MAX_ROWS:
        raise InputError(f"{where} has {num_rows:,} lines, expected at most {_MAX_ROWS:,}")
    if num_bytes > _MAX_BYTES:
        raise InputError(f"{where} has {num_bytes:,} bytes, expected at most {_MAX_BYTES:,}")


def _parse(line: bytes, where: str) -> dict[str, Any]:
    row = parse_json(line, where)
    if not _has_step(row):
        raise InputError(f"{where} must hold an int 'step', got {row.get('step')!r}")
    return row


def _has_step(row: Mapping[str, Any]) -> bool:
    return type(row.get("step")) is int


def _plain(value: Any) -> Any:
    """Return ``value`` for JSON: NumPy scalars as numbers, floats that are not finite as None."""
    import numpy as np

    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    return None if isinstance(value, float) and not math.isfinite(value) else value
