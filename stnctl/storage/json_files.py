"""Strict JSON files: one object, finite numbers, limited size and depth."""

import json
import math
from pathlib import Path
from typing import Any

from stnctl.errors import InputError
from stnctl.storage.atomic import atomic_write
from stnctl.storage.regular_file import read_regular_file

MAX_BYTES = 2**20
"""Maximum size of a JSON file that is read again."""

_MAX_DEPTH = 32
_MAX_SHOWN = 40


def write_json(path: Path, value: Any) -> None:
    """Write ``value`` to ``path`` as JSON that `read_json` reads, by `atomic_write`.

    Args:
        path: The file. Its folder must exist.
        value: Data of dicts, lists, strings, numbers, booleans and None.

    Raises:
        EnvironmentFault: As in `atomic_writer`, if the file can't be written.
        ValueError: As in `readable_json`.
    """
    atomic_write(path, readable_json(value))


def json_bytes(value: Any, *, indent: int | None = 2) -> bytes:
    """Return ``value`` as strict JSON with a newline at its end. All JSON output is made here.

    Args:
        value: Data of dicts, lists, strings, numbers, booleans and None.
        indent: Number of spaces of an indentation; None for JSON on one line.

    Raises:
        ValueError: If a number in ``value`` is not finite.
    """
    return (json.dumps(value, allow_nan=False, indent=indent) + "\n").encode()


def readable_json(value: Any) -> bytes:
    """Return `json_bytes` of ``value``, for a file that `read_json` reads again.

    Raises:
        ValueError: If a number in ``value`` is not finite, or the result has more than `MAX_BYTES`.
    """
    data = json_bytes(value)
    if len(data) > MAX_BYTES:
        raise ValueError(f"a JSON file may have {MAX_BYTES:,} bytes, got {len(data):,}")
    return data


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in ``path``, a file of at most `MAX_BYTES`.

    Raises:
        InputError: If the file does not exist, is too large, or is rejected by `parse_json`.
        EnvironmentFault: If there is no permission to read the file.
    """
    return parse_json(read_regular_file(path, MAX_BYTES), str(path))


def parse_json(data: bytes, where: str) -> dict[str, Any]:
    """Return the object encoded by ``data`` in strict JSON.

    Args:
        data: Text in UTF-8.
        where: The file, or the file and the line, as shown in the message.

    Raises:
        InputError: If ``data`` is not JSON, is not an object, has a number that is not finite, or
            is nested more than 32 levels deep.
    """
    try:
        value = json.loads(data.decode(), parse_constant=_finite_float, parse_float=_finite_float)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where} is not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise InputError(f"{where} must hold a JSON object, got {type(value).__name__}")
    if data.count(b"{") + data.count(b"[") > _MAX_DEPTH and _is_deeper(value, _MAX_DEPTH):
        raise InputError(f"{where} is nested more than {_MAX_DEPTH} levels deep")
    return value


def _is_deeper(value: Any, num_levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return num_levels == 0 or any(_is_deeper(item, num_levels - 1) for item in inner)


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:_MAX_SHOWN]} is not a finite number")
    return number
