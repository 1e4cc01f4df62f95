"""Remove commits that nobody needs any more."""

from collections.abc import Collection
from pathlib import Path

from stnctl.errors import InputError
from stnctl.runs.checkpoints import is_intact, read_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.files import reporting
from stnctl.runs.folders import (
    Pointer,
    aside_folder,
    committed_steps,
    main_folder,
    pointer_file,
    step_folder,
)
from stnctl.runs.leftovers import discard, remove_temporary


def prune(run: RunDirectory, keep: int = 2, *, whole: Collection[int] = ()) -> None:
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
    with reporting(run.checkpoints, doing="tidy", safe="the newest checkpoints are unchanged"):
        for folder in [*_superseded(run), *_superfluous(run, keep, whole)]:
            discard(folder)
        remove_temporary(run.checkpoints)


def _superseded(run: RunDirectory) -> list[Path]:
    """Return what was put aside for a commit that is there now."""
    return [
        aside
        for step in committed_steps(run)
        if (aside := aside_folder(run, step)).exists()
        and main_folder(run, step).exists()
        and is_intact(run, step)
    ]


def _superfluous(run: RunDirectory, keep: int, whole: Collection[int]) -> list[Path]:
    try:
        named = _pointed_steps(run)
    except InputError:
        return []
    num_kept, superfluous = 0, []
    for step in reversed(committed_steps(run)):
        if num_kept < keep:
            num_kept += step in whole or is_intact(run, step)
        elif step not in named:
            superfluous.append(step_folder(run, step))
    return superfluous


def _pointed_steps(run: RunDirectory) -> set[int]:
    pointers: tuple[Pointer, ...] = ("last", "best")
    return {
        read_pointer(run, pointer)["step"]
        for pointer in pointers
        if pointer_file(run, pointer).exists()
    }
