"""Opens finished runs for a command."""

from collections.abc import Sequence
from pathlib import Path

from stnctl.cli import console
from stnctl.config import Config, load_config
from stnctl.data.dataset import Dataset
from stnctl.errors import UsageError
from stnctl.evaluation.load import LoadedRun, load_data, load_run
from stnctl.models.backend import chosen_backend, start_backend
from stnctl.runs import RunDirectory, find_run, read_record


def note_other_backend(run: RunDirectory) -> None:
    """Tell if the run was trained on another backend: the last digits may then differ.

    Raises:
        EnvironmentFault: If the backend that is asked for is not there.
    """
    trained, now = read_record(run)["environment"].get("backend"), chosen_backend()
    if trained and trained != now:
        console.note(f"note  trained with {trained}, now on {now}: the last digits may differ")


def open_run(text: str, runs_dir: Path, *, checkpoint: str, source: str | None) -> LoadedRun:
    """Return the one run that a person named, as `open_runs` does."""
    return open_runs([text], runs_dir, checkpoint=checkpoint, source=source)[0]


def open_runs(
    texts: Sequence[str], runs_dir: Path, *, checkpoint: str, source: str | None
) -> list[LoadedRun]:
    """Return the runs that a person named, with Keras started with the threads of the first.

    Args:
        texts: Each as the argument RUN takes it.
        runs_dir: The folder of all runs.
        checkpoint: "best" or "last".
        source: Where the runs' data lies now, if not where it was.

    Raises:
        StnctlError: If a run, its data or its checkpoint is missing or damaged, or is named twice.
    """
    runs = [find_run(text, runs_dir) for text in texts]
    _refuse_twice(runs)
    found = [_find(run, source) for run in runs]
    start_backend(threads=found[0][0].train.threads)
    return [
        load_run(run, config, dataset, checkpoint=checkpoint)
        for run, (config, dataset) in zip(runs, found, strict=True)
    ]


def _refuse_twice(runs: Sequence[RunDirectory]) -> None:
    paths = [run.path.resolve() for run in runs]
    for number, run in enumerate(runs):
        if paths[number] in paths[:number]:
            raise UsageError(f"{run.path} is named twice")


def _find(run: RunDirectory, source: str | None) -> tuple[Config, Dataset]:
    console.note(f"run   {run.path}")
    note_other_backend(run)
    config = load_config(run.config)
    with console.progress("downloading", unit="bytes") as progress:
        return config, load_data(run, config, source, progress=progress)
