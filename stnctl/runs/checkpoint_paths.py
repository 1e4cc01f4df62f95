"""Where commits and pointers lie in a run.

A commit is the folder ``step-00001875``. One that is being replaced is ``step-00001875.old`` until
the new one has its name, and counts as long as there is no other.
"""

import re
from pathlib import Path
from typing import Literal

from stnctl.runs.directory import RunDirectory

Pointer = Literal["last", "best"]

STATE = "state.npz"
META = "meta.json"
MAX_STEP = 10**12

_FOLDER = re.compile(r"step-([0-9]{8,13})(\.old)?")


def committed_folder(run: RunDirectory, step: int) -> Path:
    """Return the name under which ``step`` is committed."""
    return run.checkpoints / f"step-{step:08d}"


def replaced_folder(run: RunDirectory, step: int) -> Path:
    """Return the name of the earlier commit of ``step`` while a new one replaces it."""
    return run.checkpoints / f"step-{step:08d}.old"


def checkpoint_folder(run: RunDirectory, step: int) -> Path:
    """Return the folder of the commit of ``step``, whether there is one or not."""
    folder, aside = committed_folder(run, step), replaced_folder(run, step)
    return aside if is_folder(aside) and not is_folder(folder) else folder


def checkpoint_steps(run: RunDirectory) -> list[int]:
    """Return the steps of all commits, ascending, whether they verify or not."""
    if not is_folder(run.checkpoints):
        return []
    matches = [
        _FOLDER.fullmatch(folder.name) for folder in run.checkpoints.iterdir() if is_folder(folder)
    ]
    steps = {int(match[1]) for match in matches if match}
    return sorted(step for step in steps if is_folder(checkpoint_folder(run, step)))


def pointer_file(run: RunDirectory, pointer: Pointer) -> Path:
    """Return the file of ``pointer``."""
    return run.checkpoints / f"{pointer}.json"


def is_folder(path: Path) -> bool:
    """Return whether ``path`` is a folder, and no link to one."""
    return path.is_dir() and not path.is_symlink()
