"""Reader of the pointers "last" and "best" of a run. It needs no NumPy."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stnctl.errors import InputError
from stnctl.runs.checkpoint_paths import MAX_STEP, Pointer, pointer_file
from stnctl.runs.directory import RunDirectory
from stnctl.runs.missing_checkpoint import missing_checkpoint
from stnctl.storage.checksummed_json import read_checksummed

SCHEMA_VERSION = 1
"""Version of the format of pointers and checkpoints."""

DAMAGED_HINT = "restore a copy of it, or train again"


def read_pointer(run: RunDirectory, pointer: Pointer) -> dict[str, Any]:
    """Return the content of a pointer: its ``step``, and the ``meta`` given to `set_pointer`.

    Raises:
        InputError: If the pointer does not exist yet, or is damaged.
        EnvironmentFault: If there is no permission to read the file.
    """
    path = pointer_file(run, pointer)
    if not os.path.lexists(path):
        raise missing_checkpoint(run, pointer)
    fields = {"schema_version": int, "step": int}
    document = read_checksummed(path, fields, damaged_hint=DAMAGED_HINT)
    check_version(document, path)
    if not 0 <= document["step"] <= MAX_STEP:
        raise InputError(f"{path} must have a step of 0 to {MAX_STEP}, got {document['step']}")
    return document


def check_version(document: Mapping[str, Any], path: Path) -> None:
    """Raise an `InputError` if the ``schema_version`` of a document is not `SCHEMA_VERSION`."""
    if (version := document["schema_version"]) != SCHEMA_VERSION:
        raise InputError(f"{path} must have schema_version {SCHEMA_VERSION}, got {version}")
