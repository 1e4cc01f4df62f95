"""Opens the runs that are evaluated together."""

from collections.abc import Sequence
from pathlib import Path

from stnctl.cli import console
from stnctl.cli.loading import note_other_backend
from stnctl.config import Config, load_config
from stnctl.data.dataset import Dataset
from stnctl.errors import UsageError
from stnctl.evaluation.load import LoadedRun, load_data, load_run
from stnctl.models.backend import start_backend
from stnctl.runs import RunDirectory, find_run


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
