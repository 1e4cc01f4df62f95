"""JSON files that contain their own sha256, so that any damage is detected."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stnctl.errors import InputError
from stnctl.storage.json_files import MAX_BYTES, json_bytes, parse_json, readable_json
from stnctl.storage.regular_file import read_regular_file

CHECKSUM_KEY = "sha256"
"""The last key of a file. Its value is the sha256 of `json_bytes` of all other keys."""


def checksummed_bytes(document: Mapping[str, Any]) -> bytes:
    """Return ``document`` as JSON with its sha256 as the last key.

    Raises:
        ValueError: If ``document`` already has this key, has a number that is not finite, or is too
            large.
    """
    if CHECKSUM_KEY in document:
        raise ValueError(f"the key {CHECKSUM_KEY!r} is reserved")
    digest = hashlib.sha256(json_bytes(document)).hexdigest()
    return readable_json({**document, CHECKSUM_KEY: digest})


def read_checksummed(
    path: Path, fields: Mapping[str, type], *, damaged_hint: str | None = None
) -> dict[str, Any]:
    """Return the verified document in ``path``, with its sha256.

    Args:
        path: The file, with the bytes of `checksummed_bytes`.
        fields: Required key -> type of its value.
        damaged_hint: Hint of the error for a damaged file, or None.

    Raises:
        InputError: If the file does not exist, a byte of it was changed, or a field is missing or
            has another type.
        EnvironmentFault: If there is no permission to read the file.
    """
    data = read_regular_file(path, MAX_BYTES)
    document = parse_json(data, str(path))
    if not _has_valid_checksum(document, data):
        raise InputError(
            f"{path} does not match its own sha256: it was damaged or edited", hint=damaged_hint
        )
    for key, kind in fields.items():
        if type(document.get(key)) is not kind:
            raise InputError(f"{path} has no {key!r} of type {kind.__name__}")
    return document


def _has_valid_checksum(document: Mapping[str, Any], data: bytes) -> bool:
    """Return whether the bytes are those of `checksummed_bytes`, without encoding them again."""
    digest = document.get(CHECKSUM_KEY)
    end = f',\n  "{CHECKSUM_KEY}": "{digest}"\n}}\n'.encode(errors="replace")
    if not data.endswith(end):
        return len(document) == 1 and data == checksummed_bytes({})
    content = data.removesuffix(end) + b"\n}\n"
    return hashlib.sha256(content).hexdigest() == digest
