"""Opens a finished run for a command."""

from pathlib import Path

from stnctl.cli import console
from stnctl.config import load_config
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
    """Return the run that a person named, with Keras started with the run's threads.

    Args:
        text: As the argument RUN takes it.
        runs_dir: The folder of all runs.
        checkpoint: "best" or "last".
        source: Where the run's data lies now, if not where it was.

    Raises:
        StnctlError: If the run, its data or its checkpoint is missing or damaged.
    """
    run = find_run(text, runs_dir)
    console.note(f"run   {run.path}")
    note_other_backend(run)
    config = load_config(run.config)
    with console.progress("downloading", unit="bytes") as progress:
        dataset = load_data(run, config, source, progress=progress)
    start_backend(threads=config.train.threads)
    return load_run(run, config, dataset, checkpoint=checkpoint)
