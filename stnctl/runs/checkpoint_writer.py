"""Writer of checkpoints and pointers. A crash at any moment loses no saved checkpoint.

A checkpoint is written to a temporary folder, flushed to the disk, and then renamed to its final
name. The caller must hold the lock of the run.
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
    old_step_folder,
    pointer_file,
    step_folder,
)
from stnctl.runs.checkpoint_reader import MAX_STATE_BYTES, is_intact, read_meta
from stnctl.runs.directory import RunDirectory
from stnctl.runs.pointers import SCHEMA_VERSION, read_pointer
from stnctl.storage.atomic import atomic_write, fsync_directory, write_synced
from stnctl.storage.checksummed_json import checksummed_bytes
from stnctl.storage.disk import check_space, explain_os_errors
from stnctl.storage.json_files import json_bytes
from stnctl.storage.npz_bytes import check_array_descriptions, describe_arrays, pack_arrays
from stnctl.storage.temporary import discard, remove_temporary, temporary_beside


def save_checkpoint(
    run: RunDirectory, step: int, arrays: Mapping[str, np.ndarray], meta: Mapping[str, Any]
) -> Path:
    """Save the checkpoint of ``step`` and return its folder.

    If an intact checkpoint of the same step has the same bits, nothing is written. A damaged or
    different checkpoint of the step is replaced. It is kept under another name until the new
    checkpoint has its final name, so that a crash loses neither.

    Args:
        run: The run.
        step: Number of training steps so far.
        arrays: The complete training state: weights, optimizer slots and random seeds, as arrays
            of booleans or numbers of any shape, by name.
        meta: Other data that a resume needs, as data for JSON. The keys that `Checkpoint.meta`
            adds are reserved.

    Raises:
        EnvironmentFault: If the checkpoint can't be written. The earlier ones are then unchanged.
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
    meta_bytes = checksummed_bytes(document)
    if not _is_saved(run, step, meta_bytes):
        files = {STATE: state, META: meta_bytes}
        check_space(run.path, sum(map(len, files.values())))
        with explain_os_errors(
            step_folder(run, step), safe="the earlier checkpoints are unchanged"
        ):
            _make_checkpoints_folder(run)
            _write_folder(run, step, files)
    return checkpoint_folder(run, step)


def set_pointer(run: RunDirectory, pointer: Pointer, step: int, meta: Mapping[str, Any]) -> None:
    """Write ``last.json`` or ``best.json``, so that it names the checkpoint of ``step``.

    Args:
        run: The run.
        pointer: "last" or "best".
        step: The step of a saved checkpoint.
        meta: Other entries of the pointer, as data for JSON, such as the accuracy of the best
            epoch.

    Raises:
        InputError: If ``step`` has no checkpoint with an intact meta.json.
        EnvironmentFault: If the pointer can't be written. The earlier pointer is then unchanged.
        ValueError: If a key of ``meta`` is reserved.
    """
    read_meta(run, step)
    document = _with_meta({"schema_version": SCHEMA_VERSION, "step": step}, meta)
    atomic_write(pointer_file(run, pointer), checksummed_bytes(document))


def prune_checkpoints(
    run: RunDirectory, keep: int = 2, *, verified_steps: Collection[int] = ()
) -> None:
    """Remove old checkpoints and leftover temporary files of killed processes.

    The newest ``keep`` intact checkpoints stay. Damaged ones stay if they are newer than the oldest
    of these. Checkpoints that a pointer names also stay. If a pointer can't be read, all
    checkpoints stay.

    Args:
        run: The run.
        keep: Number of intact checkpoints to keep, at least 1.
        verified_steps: Steps of checkpoints that this process has saved or verified. These
            checkpoints are not read again.

    Raises:
        EnvironmentFault: If a file can't be read or removed. The kept checkpoints are unchanged.
        ValueError: If ``keep`` is less than 1.
    """
    if keep < 1:
        raise ValueError(f"keep must be at least 1, got {keep}")
    with explain_os_errors(
        run.checkpoints,
        doing="remove old checkpoints in",
        safe="the newest checkpoints are unchanged",
    ):
        for folder in [*_replaced_folders(run), *_old_folders(run, keep, verified_steps)]:
            discard(folder)
        remove_temporary(run.checkpoints)


def remove_checkpoints(run: RunDirectory) -> None:
    """Remove all checkpoints and pointers of a run, the newest checkpoints first.

    Raises:
        EnvironmentFault: If one can't be removed. The older ones are unchanged.
    """
    pointers: tuple[Pointer, ...] = ("last", "best")
    with explain_os_errors(
        run.checkpoints, doing="remove checkpoints in", safe="older checkpoints are unchanged"
    ):
        for pointer in pointers:
            pointer_file(run, pointer).unlink(missing_ok=True)
        for step in reversed(checkpoint_steps(run)):
            discard(old_step_folder(run, step))
            discard(step_folder(run, step))


def _with_meta(document: dict[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    if reserved := sorted(document.keys() & meta.keys()):
        raise ValueError(f"reserved keys in meta: {', '.join(reserved)}")
    return {**document, **meta}


def _is_saved(run: RunDirectory, step: int, meta_bytes: bytes) -> bool:
    """Return whether ``step`` has an intact checkpoint with this meta.json, and so this state."""
    return is_intact(run, step) and json_bytes(read_meta(run, step)) == meta_bytes


def _make_checkpoints_folder(run: RunDirectory) -> None:
    run.checkpoints.mkdir(exist_ok=True)
    fsync_directory(run.path)


def _write_folder(run: RunDirectory, step: int, files: Mapping[str, bytes]) -> None:
    """Write the folder of ``step`` under a temporary name, then rename it."""
    temporary = temporary_beside(step_folder(run, step))
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
    """Rename the folder ``new``. At every moment, ``step`` has the old or the new checkpoint."""
    folder, old = step_folder(run, step), old_step_folder(run, step)
    if folder.exists():
        discard(old)
        folder.rename(old)
    new.rename(folder)
    fsync_directory(run.checkpoints)
    discard(old)


def _replaced_folders(run: RunDirectory) -> list[Path]:
    """Return the ``.old`` folders whose new checkpoint exists and is intact."""
    return [
        old
        for step in checkpoint_steps(run)
        if (old := old_step_folder(run, step)).exists()
        and step_folder(run, step).exists()
        and is_intact(run, step)
    ]


def _old_folders(run: RunDirectory, keep: int, verified_steps: Collection[int]) -> list[Path]:
    """Return the folders older than the newest ``keep`` intact ones that no pointer names."""
    try:
        pointed = _pointed_steps(run)
    except InputError:
        return []
    num_kept, folders = 0, []
    for step in reversed(checkpoint_steps(run)):
        if num_kept < keep:
            num_kept += step in verified_steps or is_intact(run, step)
        elif step not in pointed:
            folders.append(checkpoint_folder(run, step))
    return folders


def _pointed_steps(run: RunDirectory) -> set[int]:
    pointers: tuple[Pointer, ...] = ("last", "best")
    return {
        read_pointer(run, pointer)["step"]
        for pointer in pointers
        if pointer_file(run, pointer).exists()
    }
