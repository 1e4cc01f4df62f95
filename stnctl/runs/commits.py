"""Commit complete states of training, so that a crash at any moment leaves a whole one.

A commit is written to a temporary folder, brought to the disk, and takes its name by one rename.
All of it is done by the process that holds the lock of the run.
"""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.errors import InputError
from stnctl.runs import checkpoints
from stnctl.runs.directory import RunDirectory
from stnctl.runs.files import (
    TEMPORARY_PREFIX,
    atomic_write,
    fsync_directory,
    reporting,
    temporary_beside,
    write_synced,
)
from stnctl.runs.sealed import seal
from stnctl.runs.state import describe, pack


def commit(
    run: RunDirectory, step: int, arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]
) -> Path:
    """Write the commit of ``step`` and return its folder.

    A commit is never changed. Where ``step`` has one already that verifies and is the same to
    the bit, that one stays; one that is damaged or differs is replaced. (A crash between the two
    renames of a replacement leaves the run with its other commits.)

    Args:
        run: The run.
        step: Steps of training so far.
        arrays: The complete state: weights, optimizer, seed generators; booleans or numbers.
        meta: What else is needed to resume, as JSON. The keys of `Checkpoint.meta` that are
            not the trainer's are reserved.

    Raises:
        EnvironmentFault: If it can't be written. All earlier commits are then unchanged.
        ValueError: If ``step`` is negative, an array or ``meta`` can't be stored, or a key of
            ``meta`` is reserved.
    """
    if step < 0:
        raise ValueError(f"step must not be negative, got {step}")
    state = pack(arrays)
    document = _with_meta(
        {
            "schema_version": checkpoints.SCHEMA_VERSION,
            "step": step,
            "state_bytes": len(state),
            "state_sha256": hashlib.sha256(state).hexdigest(),
            "arrays": describe(arrays),
        },
        meta,
    )
    folder = checkpoints.step_folder(run, step)
    sealed = seal(document)
    if not _holds(run, step, sealed):
        files = {checkpoints.STATE: state, checkpoints.META: sealed}
        with reporting(folder, safe="the earlier checkpoints are unchanged"):
            _make_checkpoints_folder(run)
            _write_folder(folder, files)
    return folder


def point(
    run: RunDirectory, pointer: checkpoints.Pointer, step: int, meta: Mapping[str, Any]
) -> None:
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
    checkpoints.read_meta(run, step)
    document = _with_meta({"schema_version": checkpoints.SCHEMA_VERSION, "step": step}, meta)
    atomic_write(checkpoints.pointer_file(run, pointer), seal(document))


def prune(run: RunDirectory, keep: int = 2) -> None:
    """Remove old commits, and what crashes left unfinished in their folder; nothing else.

    Only commits older than the newest ``keep`` that verify are removed, and none that a pointer
    names; if a pointer can't be read, none at all.

    Args:
        run: The run. The caller holds its lock.
        keep: How many commits to keep, at least 1.

    Raises:
        EnvironmentFault: If something can't be read or removed. The kept commits are unchanged.
        ValueError: If ``keep`` is less than 1.
    """
    if keep < 1:
        raise ValueError(f"keep must be at least 1, got {keep}")
    with reporting(run.checkpoints, doing="tidy", safe="the newest checkpoints are unchanged"):
        for folder in _superfluous(run, keep):
            folder.rename(temporary_beside(folder))  # so that none is ever half removed
        for leftover in run.checkpoints.glob(f"{TEMPORARY_PREFIX}*"):
            _remove(leftover)


def _with_meta(document: dict[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    if reserved := sorted(document.keys() & meta.keys()):
        raise ValueError(f"reserved keys in meta: {', '.join(reserved)}")
    return {**document, **meta}


def _holds(run: RunDirectory, step: int, sealed: bytes) -> bool:
    """Return whether ``step`` has a commit that verifies, and whose meta.json is ``sealed``."""
    meta = checkpoints.step_folder(run, step) / checkpoints.META
    return checkpoints.is_intact(run, step) and meta.read_bytes() == sealed


def _make_checkpoints_folder(run: RunDirectory) -> None:
    run.checkpoints.mkdir(exist_ok=True)
    fsync_directory(run.path)


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make ``folder`` with ``files``: a temporary folder takes its name when the disk has it."""
    temporary = temporary_beside(folder)
    temporary.mkdir()
    try:
        for name, data in files.items():
            write_synced(temporary / name, data)
        fsync_directory(temporary)
        if folder.exists():
            folder.rename(temporary_beside(folder))
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    fsync_directory(folder.parent)


def _superfluous(run: RunDirectory, keep: int) -> list[Path]:
    try:
        named = _pointed_steps(run)
    except InputError:
        return []
    num_kept, superfluous = 0, []
    for step in reversed(checkpoints.committed_steps(run)):
        if num_kept < keep:
            num_kept += checkpoints.is_intact(run, step)
        elif step not in named:
            superfluous.append(checkpoints.step_folder(run, step))
    return superfluous


def _pointed_steps(run: RunDirectory) -> set[int]:
    pointers: tuple[checkpoints.Pointer, ...] = ("last", "best")
    return {
        checkpoints.read_pointer(run, pointer)["step"]
        for pointer in pointers
        if checkpoints.pointer_file(run, pointer).exists()
    }


def _remove(leftover: Path) -> None:
    if leftover.is_dir() and not leftover.is_symlink():
        shutil.rmtree(leftover)
    else:
        leftover.unlink()
