"""User interface of a training: display of its progress, signals, messages and result."""

import signal
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path

import typer

from stnctl.cli import console
from stnctl.cli.signals import StopRequest, stop_on_signals
from stnctl.cli.train_display import LineDisplay, LiveDisplay
from stnctl.config.train_section import TrainConfig
from stnctl.models.job import Job
from stnctl.models.processes import Processes
from stnctl.reports.figured_training import train_with_figures
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_epochs, times_of
from stnctl.training.callbacks import Interrupted, StopOnly
from stnctl.training.epoch_log import EpochLog
from stnctl.training.execution import follow_training
from stnctl.training.resume import best_epoch, last_loop_state


def train_run(job: Job, run: RunDirectory, *, json: bool, quiet: bool) -> None:
    """Train a run from its newest checkpoint to the end, and print the result.

    Args:
        job: The configuration and the data.
        run: The run directory. The caller must hold its lock.
        json: Whether to print the result as JSON.
        quiet: Whether to print only the result.

    Raises:
        typer.Exit: If a signal stopped the training, with the exit code 128 plus its number.
            The run can be resumed.
        StnctlError: If the training fails.
    """
    if not quiet:
        console.note(f"run   {run.path}")
    with stop_on_signals() as stop:
        display, live = _display(job.config.train, run.log, stop, quiet=quiet)
        try:
            with live:
                state = train_with_figures(
                    job,
                    run,
                    display,
                    on_warning=console.warning,
                    on_note=(lambda _: None) if quiet else console.note,
                )
        except Interrupted as interruption:
            console.note(f"stopped after step {interruption.step}; a checkpoint is saved")
            console.next_steps([console.command("stnctl", "train", "--resume", run.path)])
            raise _stopped(stop) from None
    if state.is_stopped_early(job.config.train) and not quiet:
        console.note(
            f"stopped early: no better epoch in the last {job.config.train.patience} of "
            f"{state.epoch} epochs"
        )
    show_result(run, json=json, quiet=quiet)


def follow_run(job: Job, processes: Processes) -> None:
    """Train with the first of several processes, which prints the progress and the result.

    Args:
        job: The configuration and the data.
        processes: The processes, of which this one is not the first.

    Raises:
        typer.Exit: If a signal stopped one of the processes.
        StnctlError: If the training fails.
    """
    with stop_on_signals() as stop:
        try:
            follow_training(job, processes, StopOnly(stop.is_received))
        except Interrupted:
            raise _stopped(stop) from None


def _stopped(stop: StopRequest) -> typer.Exit:
    return typer.Exit(128 + (stop.signal or signal.SIGINT))


def note_finished(run: RunDirectory, job: Job) -> None:
    """Print that a run is complete: it stopped early, or has all of its epochs."""
    state = last_loop_state(run)
    if state.is_stopped_early(job.config.train):
        console.note(f"{run.name} stopped early, after epoch {state.epoch}; it is complete")
    else:
        console.note(
            f"{run.name} has all of its {state.epoch} epochs; --set train.epochs=N adds more"
        )


def show_result(run: RunDirectory, *, json: bool, quiet: bool) -> None:
    """Print the path of a finished run, its best epoch, and suggested next commands."""
    best = best_epoch(run)
    if json:
        rows = read_epochs(run)
        document = {"run": str(run.path), "best": asdict(best), **times_of(rows), "epochs": rows}
        console.result_json(document)
        return
    if not quiet:
        console.note(
            f"best  epoch {best.epoch}: validation accuracy {best.accuracy:.4f}, "
            f"loss {best.loss:.4f}"
        )
        console.next_steps(
            [
                console.command("stnctl", "eval", run.path),
                console.command("stnctl", "inspect", run.path, "--bad", 9),
            ]
        )
    console.result(str(run.path))


def _display(
    train: TrainConfig, log: Path, stop: StopRequest, *, quiet: bool
) -> tuple[EpochLog, AbstractContextManager[None]]:
    """Return the display of the training, and the context in which it is live."""
    if quiet:
        return EpochLog(train, log, stop.is_received), nullcontext()
    if not console.is_interactive():
        return LineDisplay(train, log, stop.is_received), nullcontext()
    live = LiveDisplay(train, log, stop.is_received)
    return live, live.shown()
