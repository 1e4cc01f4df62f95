"""Commit complete states of training, so that a crash at any moment leaves a whole one.

A commit is written to a temporary folder, brought to the disk, and takes its name by one rename.
All of it is done by the process that holds the lock of the run.
"""

import hashlib
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.errors import InputError
from stnctl.runs.checkpoint_paths import (
    MAX_STEP,
    META,
    STATE,
    Pointer,
    checkpoint_folder,
    checkpoint_steps,
    committed_folder,
    pointer_file,
    replaced_folder,
)
from stnctl.runs.checkpoint_reader import (
    MAX_STATE_BYTES,
    SCHEMA_VERSION,
    is_intact,
    read_meta,
    read_pointer,
)
from stnctl.runs.directory import RunDirectory
from stnctl.storage.atomic import atomic_write, fsync_directory, write_synced
from stnctl.storage.checksummed_json import checksummed_bytes
from stnctl.storage.disk import check_space, explain_os_errors
from stnctl.storage.json_files import json_bytes
from stnctl.storage.npz_bytes import check_array_descriptions, describe_arrays, pack_arrays
from stnctl.storage.temporary import discard, remove_temporary, temporary_beside


def save_checkpoint(
    run: RunDirectory, step: int, arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]
) -> Path:
    """Write the commit of ``step`` and return its folder.

    A commit is never changed. Where ``step`` has one already that verifies and is the same to
    the bit, that one stays; one that is damaged or differs is replaced. Until the new one has its
    name, the old one is there under another that readers know, so that a crash loses neither.

    Args:
        run: The run.
        step: Steps of training so far.
        arrays: The complete state: weights, optimizer, seed generators; booleans or numbers.
        meta: What else is needed to resume, as JSON. The keys of `Checkpoint.meta` that are
            not the trainer's are reserved.

    Raises:
        EnvironmentFault: If it can't be written. All earlier commits are then unchanged.
        ValueError: If ``step`` is out of range, an array or ``meta`` can't be stored, or a key of
            ``meta`` is reserved.
    """
    if not 0 <= step <= MAX_STEP:
        raise ValueError(f"step must be 0 to {MAX_STEP}, got {step}")
    state, description = pack_arrays(arrays), describe_arrays(arrays)
    check_array_descriptions(description, len(state))
    if len(state) > MAX_STATE_BYTES:
        raise ValueError(f"a state may have {MAX_STATE_BYTES:,} bytes, got {len(state):,}")
    document = _with_meta(
        {
            "schema_version": SCHEMA_VERSION,
            "step": step,
            "state_bytes": len(state),
            "state_sha256": hashlib.sha256(state).hexdigest(),
            "arrays": description,
        },
        meta,
    )
    sealed = checksummed_bytes(document)
    if not _holds(run, step, sealed):
        files = {STATE: state, META: sealed}
        check_space(run.path, sum(map(len, files.values())))
        with explain_os_errors(
            committed_folder(run, step), safe="the earlier checkpoints are unchanged"
        ):
            _make_checkpoints_folder(run)
            _write_folder(run, step, files)
    return checkpoint_folder(run, step)


def set_pointer(run: RunDirectory, pointer: Pointer, step: int, meta: Mapping[str, Any]) -> None:
    """Let ``last.json`` or ``best.json`` name the commit of ``step``.

    Args:
        run: The run.
        pointer: Which of the two.
        step: A step that is committed.
        meta: What else the pointer tells, as JSON, such as the metric that made it best.

    Raises:
        InputError: If ``step`` has no commit with a whole meta.json.
        EnvironmentFault: If it can't be written. The pointer is then unchanged.
        ValueError: If a key of ``meta`` is reserved.
    """
    read_meta(run, step)
    document = _with_meta({"schema_version": SCHEMA_VERSION, "step": step}, meta)
    atomic_write(pointer_file(run, pointer), checksummed_bytes(document))


def _with_meta(document: dict[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    if reserved := sorted(document.keys() & meta.keys()):
        raise ValueError(f"reserved keys in meta: {', '.join(reserved)}")
    return {**document, **meta}


def _holds(run: RunDirectory, step: int, sealed: bytes) -> bool:
    """Return whether ``step`` has a commit that verifies, and whose meta.json is ``sealed``."""
    return is_intact(run, step) and json_bytes(read_meta(run, step)) == sealed


def _make_checkpoints_folder(run: RunDirectory) -> None:
    run.checkpoints.mkdir(exist_ok=True)
    fsync_directory(run.path)


def _write_folder(run: RunDirectory, step: int, files: Mapping[str, bytes]) -> None:
    """Make the folder of ``step``: a temporary one takes its name when the disk has its files."""
    temporary = temporary_beside(committed_folder(run, step))
    temporary.mkdir()
    try:
        for name, data in files.items():
            write_synced(temporary / name, data)
        fsync_directory(temporary)
        _put_in_place(run, step, temporary)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _put_in_place(run: RunDirectory, step: int, new: Path) -> None:
    """Let the folder ``new`` be the commit of ``step``; at every moment there is one."""
    folder, aside = committed_folder(run, step), replaced_folder(run, step)
    if folder.exists():
        discard(aside)
        folder.rename(aside)
    new.rename(folder)
    fsync_directory(run.checkpoints)
    discard(aside)


def prune_checkpoints(run: RunDirectory, keep: int = 2, *, whole: Collection[int] = ()) -> None:
    """Remove old commits, and what crashes left unfinished in their folder; nothing else.

    Only commits older than the newest ``keep`` that verify are removed, and none that a pointer
    names; if a pointer can't be read, none at all.

    Args:
        run: The run. The caller holds its lock.
        keep: How many commits to keep, at least 1.
        whole: Steps of commits that this process has made or verified: they are not read again.

    Raises:
        EnvironmentFault: If something can't be read or removed. The kept commits are unchanged.
        ValueError: If ``keep`` is less than 1.
    """
    if keep < 1:
        raise ValueError(f"keep must be at least 1, got {keep}")
    with explain_os_errors(
        run.checkpoints, doing="tidy", safe="the newest checkpoints are unchanged"
    ):
        for folder in [*_superseded(run), *_superfluous(run, keep, whole)]:
            discard(folder)
        remove_temporary(run.checkpoints)


def _superseded(run: RunDirectory) -> list[Path]:
    """Return what was put aside for a commit that is there now."""
    return [
        aside
        for step in checkpoint_steps(run)
        if (aside := replaced_folder(run, step)).exists()
        and committed_folder(run, step).exists()
        and is_intact(run, step)
    ]


def _superfluous(run: RunDirectory, keep: int, whole: Collection[int]) -> list[Path]:
    try:
        named = _pointed_steps(run)
    except InputError:
        return []
    num_kept, superfluous = 0, []
    for step in reversed(checkpoint_steps(run)):
        if num_kept < keep:
            num_kept += step in whole or is_intact(run, step)
        elif step not in named:
            superfluous.append(checkpoint_folder(run, step))
    return superfluous


def _pointed_steps(run: RunDirectory) -> set[int]:
    pointers: tuple[Pointer, ...] = ("last", "best")
    return {
        read_pointer(run, pointer)["step"]
        for pointer in pointers
        if pointer_file(run, pointer).exists()
    }
