"""Paths of the checkpoints and pointers of a run.

A checkpoint is a folder with the name of its step, such as ``step-00001875``. During a replacement,
the old folder is named ``step-00001875.old``. It is the checkpoint until the new folder exists.
"""

import re
from pathlib import Path
from typing import Literal

from stnctl.runs.directory import RunDirectory

Pointer = Literal["last", "best"]

ARRAY_GROUPS = ("model", "optimizer", "average")
"""First parts of the names of the arrays in a training state, as in ``model/000/kernel``."""

STATE = "state.npz"
META = "meta.json"
MAX_STEP = 10**12

_FOLDER = re.compile(r"step-([0-9]{8,13})(\.old)?")


def checkpoint_folder(run: RunDirectory, step: int) -> Path:
    """Return the path of the checkpoint of ``step``, new or old. The folder may not exist."""
    folder, old = step_folder(run, step), old_step_folder(run, step)
    return old if is_folder(old) and not is_folder(folder) else folder


def step_folder(run: RunDirectory, step: int) -> Path:
    """Return the path at which the checkpoint of ``step`` is saved."""
    return run.checkpoints / f"step-{step:08d}"


def old_step_folder(run: RunDirectory, step: int) -> Path:
    """Return the path of the old checkpoint of ``step`` while a new one replaces it."""
    return run.checkpoints / f"step-{step:08d}.old"


def checkpoint_steps(run: RunDirectory) -> list[int]:
    """Return the steps of all checkpoints, intact or damaged, in ascending order."""
    if not is_folder(run.checkpoints):
        return []
    matches = [
        _FOLDER.fullmatch(folder.name) for folder in run.checkpoints.iterdir() if is_folder(folder)
    ]
    steps = {int(match[1]) for match in matches if match}
    return sorted(step for step in steps if is_folder(checkpoint_folder(run, step)))


def pointer_file(run: RunDirectory, pointer: Pointer) -> Path:
    """Return the path of the file of a pointer, such as ``last.json``."""
    return run.checkpoints / f"{pointer}.json"


def is_folder(path: Path) -> bool:
    """Return whether ``path`` is a folder, and not a link to a folder."""
    return path.is_dir() and not path.is_symlink()
