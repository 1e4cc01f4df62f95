"""Removal of runs by ``stnctl runs rm`` and ``stnctl runs prune``, after a confirmation."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stnctl.cli import console
from stnctl.cli.run_columns import describe_run
from stnctl.cli.runs_list import print_runs
from stnctl.errors import EnvironmentFault
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import is_locked
from stnctl.runs.lookup import find_named_run
from stnctl.runs.removal import remove_run, size_on_disk
from stnctl.runs.summary import RunSummary, summarize


def find_removable(names: Sequence[str], runs_dir: Path) -> list[RunSummary]:
    """Return the runs with the given names, each once.

    Raises:
        InputError: If there is no such run, or a link is named.
        EnvironmentFault: If a run is training, or there is no permission to read ``runs_dir``.
    """
    runs = [find_named_run(name, runs_dir) for name in names]
    unique = list({run.path.resolve(): run for run in runs}.values())
    for run in unique:
        if is_locked(run):
            raise EnvironmentFault(
                f"{run.path} is training: nothing was removed", hint="stop the training first"
            )
    return [summarize(run) for run in unique]


def remove_after_question(
    runs: Sequence[RunSummary], *, yes: bool, dry_run: bool, json: bool
) -> None:
    """Remove runs, if the user confirms it, and print the result.

    Args:
        runs: The runs.
        yes: Whether no question is asked.
        dry_run: Whether the runs are only shown.
        json: Whether the result is one JSON document.

    Raises:
        UsageError: If a question is necessary, but there is no terminal.
        InputError: If a folder is no longer a run.
        EnvironmentFault: If a run is in use, or can't be removed. The runs before it are removed.
    """
    num_bytes = sum(size_on_disk(run.path) for run in runs)
    what = f"{len(runs)} run{'' if len(runs) == 1 else 's'}, {num_bytes / 1e6:,.1f} MB"
    removed: list[RunSummary] = []
    if not runs or dry_run:
        _show(what, runs, removed, num_bytes, json=json)
        return
    if not yes:
        for run in runs:
            console.note(f"remove  {run.path}  {run.state}")
        if not console.ask(f"remove {what}?"):
            console.note("nothing was removed")
            return
    for run in runs:
        remove_run(RunDirectory(run.path))
        removed.append(run)
        if not json:
            console.result(f"removed {run.path}")
    if json:
        _show(what, runs, removed, num_bytes, json=True)


def _show(
    what: str,
    runs: Sequence[RunSummary],
    removed: Sequence[RunSummary],
    num_bytes: int,
    *,
    json: bool,
) -> None:
    if json:
        document: dict[str, Any] = {
            "runs": [describe_run(run) for run in runs],
            "removed": [str(run.path) for run in removed],
            "bytes": num_bytes,
        }
        console.result_json(document)
    elif runs:
        print_runs(f"would remove {what}; nothing was removed", runs)
    else:
        console.note("there is nothing to remove")
