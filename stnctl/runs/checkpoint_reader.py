"""Reader of the checkpoints of a run. It verifies size and sha256 of a state before parsing.

Checkpoints are ordered by the step in their folder names, never by file times.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.errors import InputError
from stnctl.runs.checkpoint_paths import (
    META,
    STATE,
    Pointer,
    checkpoint_folder,
    checkpoint_steps,
    is_folder,
)
from stnctl.runs.directory import RunDirectory
from stnctl.runs.pointers import DAMAGED_HINT, check_version, read_pointer
from stnctl.storage.checksummed_json import read_checksummed
from stnctl.storage.npz_bytes import check_array_descriptions, unpack_arrays
from stnctl.storage.regular_file import read_regular_file

MAX_STATE_BYTES = 2**32

_META_FIELDS = {
    "schema_version": int,
    "step": int,
    "state_bytes": int,
    "state_sha256": str,
    "arrays": dict,
}


@dataclass(frozen=True)
class Checkpoint:
    """A verified checkpoint: the complete training state after a training step.

    Attributes:
        step: Number of training steps so far.
        arrays: Weights, optimizer slots and random seeds by name, in the order of saving.
        meta: The content of meta.json: the ``meta`` given to `save_checkpoint`, and
            ``schema_version``, ``step``, ``state_bytes``, ``state_sha256``, ``arrays`` and
            ``sha256``.
    """

    step: int
    arrays: dict[str, np.ndarray]
    meta: dict[str, Any]


def load_checkpoint(run: RunDirectory, step: int) -> Checkpoint:
    """Return the checkpoint of ``step``.

    Raises:
        InputError: If it does not exist, or one of its files is missing, damaged or edited.
        EnvironmentFault: If there is no permission to read a file.
    """
    folder = checkpoint_folder(run, step)
    if not is_folder(run.checkpoints) or not is_folder(folder):
        steps = ", ".join(map(str, checkpoint_steps(run))) or "none"
        raise InputError(
            f"{run.path} has no checkpoint of step {step}; it has: {steps}", hint=DAMAGED_HINT
        )
    meta = read_meta(run, step)
    data = _read_state(folder / STATE, meta)
    try:
        return Checkpoint(step, unpack_arrays(data, meta["arrays"]), meta)
    except ValueError as error:
        raise InputError(f"{folder / STATE}: {error}", hint=DAMAGED_HINT) from error


def follow_pointer(
    run: RunDirectory, pointer: Pointer, read: Callable[[RunDirectory, int], Any] = load_checkpoint
) -> Any:
    """Return the result of ``read`` for the checkpoint that ``pointer`` names.

    During the call, a training may change the pointer and remove the old checkpoint. The new
    checkpoint is then read instead.

    Args:
        run: The run.
        pointer: "last" or "best".
        read: Function of the run and the step: `load_checkpoint`, the default, or `read_meta`.

    Raises:
        InputError: If the pointer does not exist yet or is damaged, or if its checkpoint is missing
            or damaged.
        EnvironmentFault: If there is no permission to read a file.
    """
    step = read_pointer(run, pointer)["step"]
    while True:
        try:
            return read(run, step)
        except InputError:
            before, step = step, read_pointer(run, pointer)["step"]
            if step == before:
                raise


def newest_valid_checkpoint(run: RunDirectory) -> tuple[Checkpoint | None, list[str]]:
    """Return the newest intact checkpoint, or None, and a warning for each skipped checkpoint.

    Raises:
        EnvironmentFault: If there is no permission to read a file.
    """
    warnings: list[str] = []
    for step in reversed(checkpoint_steps(run)):
        try:
            return load_checkpoint(run, step), warnings
        except InputError as error:
            warnings.append(f"skipped the checkpoint of step {step}: {error}")
    return None, warnings


def is_intact(run: RunDirectory, step: int) -> bool:
    """Return whether the checkpoint of ``step`` exists and its checksums match.

    Raises:
        EnvironmentFault: If there is no permission to read a file.
    """
    try:
        _read_state(checkpoint_folder(run, step) / STATE, read_meta(run, step))
    except InputError:
        return False
    return True


def read_meta(run: RunDirectory, step: int) -> dict[str, Any]:
    """Return the verified meta.json of the checkpoint of ``step``.

    Raises:
        InputError: If the file is missing or damaged, has another step or schema version, or
            describes arrays that can't be in its state file.
        EnvironmentFault: If there is no permission to read the file.
    """
    path = checkpoint_folder(run, step) / META
    meta = read_checksummed(path, _META_FIELDS, damaged_hint=DAMAGED_HINT)
    check_version(meta, path)
    if meta["step"] != step:
        raise InputError(f"{path} must have step {step}, got {meta['step']}")
    if not 0 <= meta["state_bytes"] <= MAX_STATE_BYTES:
        raise InputError(
            f"{path} must have state_bytes of 0 to {MAX_STATE_BYTES:,}, got {meta['state_bytes']}"
        )
    try:
        check_array_descriptions(meta["arrays"], meta["state_bytes"])
    except ValueError as error:
        raise InputError(f"{path}: {error}", hint=DAMAGED_HINT) from error
    return meta


def iter_meta(run: RunDirectory) -> Iterator[dict[str, Any]]:
    """Yield the meta.json of each checkpoint, newest first. Damaged files are skipped.

    Raises:
        EnvironmentFault: If there is no permission to read a file.
    """
    for step in reversed(checkpoint_steps(run)):
        with suppress(InputError):
            yield read_meta(run, step)


def _read_state(path: Path, meta: dict[str, Any]) -> bytes:
    expected = meta["state_bytes"]
    if path.is_file() and (size := path.stat().st_size) != expected:
        raise InputError(
            f"{path} has {size:,} bytes, expected {expected:,}: it was damaged", hint=DAMAGED_HINT
        )
    data = read_regular_file(path, expected)
    if hashlib.sha256(data).hexdigest() != meta["state_sha256"]:
        raise InputError(
            f"{path} does not match the sha256 in {META}: it was damaged", hint=DAMAGED_HINT
        )
    return data
