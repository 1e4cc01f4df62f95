"""Lookup of a run by its name, its path, a prefix of its name, or `LATEST`."""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from stnctl.errors import InputError, StnctlError, nearest
from stnctl.runs.activity import touched_at
from stnctl.runs.directory import LATEST, RunDirectory
from stnctl.runs.naming import without_time
from stnctl.runs.provenance import read_record
from stnctl.runs.safe_walk import check_entries
from stnctl.storage.disk import explain_os_errors

_MAX_LISTED = 8


def find_run(text: str, runs_dir: Path) -> RunDirectory:
    """Return the run that ``text`` names.

    Args:
        text: "latest", the path of a run, its name in ``runs_dir``, or a unique prefix of its
            name. They are tried in this order, and the first match is returned.
        runs_dir: The folder of all runs.

    Raises:
        InputError: If no run or several runs match, if the path is a link to a run in another
            folder, or if `check_entries` rejects the content of the run.
        EnvironmentFault: If there is no permission to read ``runs_dir`` or the run.
    """
    run = _find(text, runs_dir)
    check_entries(run)
    return run


def find_named_run(text: str, runs_dir: Path) -> RunDirectory:
    """Return the run with the whole name or the path ``text``, or the latest one, for its removal.

    Its content is not checked, so that an untrusted or broken run is found too.

    Raises:
        InputError: If there is no such run, or a link is named.
        EnvironmentFault: If there is no permission to read ``runs_dir``.
    """
    if text == LATEST:
        return _latest(runs_dir)
    for folder in _folders(text, runs_dir):
        if os.path.islink(folder):  # noqa: PTH114 - never fails
            raise InputError(
                f"{folder} is a link, and links are not followed here",
                hint="name the run itself",
            )
        if RunDirectory(folder).is_run:
            return _checked_run(folder)
    runs = list_runs(runs_dir)
    if text and (matches := [run for run in runs if run.name.startswith(text)]):
        raise InputError(
            f"no run {text!r} in {runs_dir}: here, the whole name is needed",
            hint=f"it is the first part of {_listing(matches)}",
        )
    raise _not_found(text, runs, runs_dir)


def list_runs(runs_dir: Path) -> list[RunDirectory]:
    """Return the runs in ``runs_dir``, sorted by name. Links to other folders are skipped.

    Raises:
        EnvironmentFault: If there is no permission to read ``runs_dir``.
    """
    return [
        run
        for run in list_folders(runs_dir)
        if run.is_run and not (run.path.is_symlink() and _leads_out(run.path))
    ]


def list_folders(runs_dir: Path) -> list[RunDirectory]:
    """Return the folders and links in ``runs_dir`` that can be runs, sorted by name.

    Hidden ones are skipped.

    Raises:
        EnvironmentFault: If there is no permission to read ``runs_dir``.
    """
    with explain_os_errors(runs_dir, doing="list the runs in", safe="nothing was changed"):
        if not runs_dir.is_dir():
            return []
        with os.scandir(runs_dir) as entries:
            return [
                RunDirectory(Path(entry.path))
                for entry in sorted(entries, key=lambda entry: entry.name)
                if entry.name[0] != "."
                and (entry.is_symlink() or entry.is_dir(follow_symlinks=False))
            ]


def _find(text: str, runs_dir: Path) -> RunDirectory:
    if text == LATEST:
        return _latest(runs_dir)
    for folder in _folders(text, runs_dir):
        if RunDirectory(folder).is_run:
            return _checked_run(folder)
    runs = list_runs(runs_dir)
    matches = [run for run in runs if text and run.name.startswith(text)]
    if len(matches) > 1:
        raise InputError(
            f"{text!r} matches the names of {len(matches)} runs: {_listing(matches)}",
            hint="type more of the name",
        )
    if not matches:
        raise _not_found(text, runs, runs_dir)
    return matches[0]


def _latest(runs_dir: Path) -> RunDirectory:
    runs = list_runs(runs_dir)
    if not runs:
        raise _not_found(LATEST, runs, runs_dir)
    touched = [(time, run.name, run) for run in runs if (time := _touched(run))]
    if not touched:
        raise InputError(
            f"the latest run in {runs_dir} is unknown: no run has a readable run.json",
            hint=f"restore the run.json of a run: {_listing(runs)}",
        )
    return max(touched)[-1]


def _touched(run: RunDirectory) -> datetime | None:
    try:
        return touched_at(run, read_record(run))
    except StnctlError:
        return None


def _folders(text: str, runs_dir: Path) -> list[Path]:
    """Return the folders that ``text`` can name, as a path or as a name in ``runs_dir``."""
    if not text:
        return []
    path = Path(text)
    if path.name in ("", ".."):
        return [path.resolve()]
    return [path, runs_dir / text] if path.name == text else [path]


def _checked_run(folder: Path) -> RunDirectory:
    """Return the run in ``folder``; raise if this is a link out of its parent folder."""
    if _leads_out(folder):
        raise InputError(
            f"{folder} is a link out of its folder, to {folder.resolve()}",
            hint=f"name the run by its own path: {folder.resolve()}",
        )
    return RunDirectory(folder.with_name(folder.resolve().name))


def _leads_out(folder: Path) -> bool:
    return folder.resolve().parent != folder.parent.resolve()


def _not_found(text: str, runs: list[RunDirectory], runs_dir: Path) -> InputError:
    if text != LATEST and any(map(_is_folder, _folders(text, runs_dir))):
        return InputError(
            f"{text} is a folder but not a run: a run has a config.yaml and a run.json",
            hint=f"the runs in {runs_dir}: {_listing(runs) or 'none'}",
        )
    folder, name = Path(text).parent, Path(text).name
    is_path = name != text
    if is_path and (beside := _runs_in(folder)):
        runs, runs_dir = beside, folder
    if not runs:
        return InputError(
            f"no run {text!r}: there are no runs in {runs_dir.absolute()}",
            hint="train one: stnctl train demo",
        )
    near = _nearest(name, runs)
    suggestion = f", did you mean {near.path if is_path else near.name}?" if near else ""
    return InputError(
        f"no run {text!r} in {runs_dir}{suggestion}", hint=f"the runs there: {_listing(runs)}"
    )


def _nearest(text: str, runs: list[RunDirectory]) -> RunDirectory | None:
    """Return the run with the nearest name; the time at the end of a name may be left out."""
    by_name = {without_time(run.name): run for run in runs} | {run.name: run for run in runs}
    near = nearest(text, by_name)
    return None if near is None else by_name[near]


def _runs_in(folder: Path) -> list[RunDirectory]:
    """Return the runs in a folder; none if it can't be read."""
    try:
        return list_runs(folder)
    except StnctlError:
        return []


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # such as a name that is too long
        return False


def _listing(runs: Iterable[RunDirectory]) -> str:
    names = [run.name for run in runs]
    rest = [f"and {len(names) - _MAX_LISTED} more"] if len(names) > _MAX_LISTED else []
    return ", ".join(names[:_MAX_LISTED] + rest)
