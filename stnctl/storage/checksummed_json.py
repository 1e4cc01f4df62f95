"""JSON files that carry their own sha256, so that no damage goes unseen."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stnctl.errors import InputError
from stnctl.storage.json_files import MAX_BYTES, json_bytes, parse_json
from stnctl.storage.regular_file import read_bytes

CHECKSUM_KEY = "sha256"
"""The last key of a sealed file: the sha256 of `json_bytes` of all before it."""

DAMAGED_HINT = "put back a copy of it, or train again"


def checksummed_bytes(document: Mapping[str, Any]) -> bytes:
    """Return ``document`` as JSON with its sha256 as the last key.

    Raises:
        ValueError: If it has the key already, a number in it is not finite, or it is too large.
    """
    if CHECKSUM_KEY in document:
        raise ValueError(f"the key {CHECKSUM_KEY!r} is reserved")
    digest = hashlib.sha256(json_bytes(document)).hexdigest()
    sealed = json_bytes({**document, CHECKSUM_KEY: digest})
    if len(sealed) > MAX_BYTES:
        raise ValueError(f"a sealed file may have {MAX_BYTES:,} bytes, got {len(sealed):,}")
    return sealed


def read_checksummed(path: Path, fields: Mapping[str, type]) -> dict[str, Any]:
    """Return the document that `checksummed_bytes` wrote to ``path``, with its sha256.

    Args:
        path: The file.
        fields: Keys that it must have, and the type of their values.

    Raises:
        InputError: If there is no such file, one byte of it differs, or a field is missing.
        EnvironmentFault: If the file may not be read.
    """
    data = read_bytes(path, MAX_BYTES)
    document = parse_json(data, str(path))
    if not _is_sealed(document, data):
        raise InputError(
            f"{path} does not match its own sha256: it was damaged or edited", hint=DAMAGED_HINT
        )
    for key, kind in fields.items():
        if type(document.get(key)) is not kind:
            raise InputError(f"{path} has no {key!r} of type {kind.__name__}")
    return document


def _is_sealed(document: Mapping[str, Any], data: bytes) -> bool:
    unsealed = {key: value for key, value in document.items() if key != CHECKSUM_KEY}
    try:
        return checksummed_bytes(unsealed) == data
    except ValueError:  # it is larger than the file, when it is written as we do
        return False
