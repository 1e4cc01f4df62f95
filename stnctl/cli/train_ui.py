"""Trains in an open run, watched on the terminal and stoppable by signals."""

import signal
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path

import typer

from stnctl.cli import console
from stnctl.cli.signals import StopRequest, stop_on_signals
from stnctl.cli.train_display import LineDisplay, LiveDisplay, QuietDisplay
from stnctl.config.schema import Config
from stnctl.errors import DivergedError
from stnctl.models.backend import start_backend
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_metrics
from stnctl.runs.provenance import record_event
from stnctl.training.callbacks import Interrupted
from stnctl.training.resume import best_epoch
from stnctl.training.setup import TrainJob, finish_run, open_loop


def train_run(job: TrainJob, run: RunDirectory, *, json: bool, quiet: bool) -> None:
    """Train in ``run``, whose lock is held, from where its commits end, and print the result.

    Raises:
        typer.Exit: With 130 or 143, if a signal stopped it; the run can be resumed.
        StnctlError: If it fails.
    """
    if not quiet:
        console.note(f"run   {run.path}")
    with stop_on_signals() as stop:
        start_backend(threads=job.config.train.threads, log=run.log)
        observer, view = _observer(job.config, run.log, stop, quiet=quiet)
        training, warnings = open_loop(job, run, observer)
        for text in warnings:
            console.warning(text)
        try:
            with view:
                position = training.train()
        except Interrupted as interruption:
            record_event(run, "interrupted", step=interruption.step)
            console.note(f"stopped after step {interruption.step}; everything so far is kept")
            console.next_steps([console.command("stnctl", "train", "--resume", run.path)])
            raise typer.Exit(128 + (stop.signal or signal.SIGINT)) from None
        except DivergedError:
            record_event(run, "diverged", step=training.position.step)
            raise
    if position.is_stopped_early(job.config.train) and not quiet:
        console.note(
            f"stopped early: epoch {position.epoch} is {job.config.train.patience} past the best"
        )
    finish_run(job, run)
    show_result(run, json=json, quiet=quiet)


def show_result(run: RunDirectory, *, json: bool, quiet: bool) -> None:
    """Print what a finished run reached, and what to do with it."""
    best = best_epoch(run)
    if json:
        document = {"run": str(run.path), "best": asdict(best), "epochs": read_metrics(run)}
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


def _observer(
    config: Config, log: Path, stop: StopRequest, *, quiet: bool
) -> tuple[QuietDisplay, AbstractContextManager[None]]:
    """Return who watches the training, and the view to train in."""
    epochs = config.train.epochs
    if quiet:
        return QuietDisplay(epochs, log, stop), nullcontext()
    if not console.err().is_terminal or console.err().is_dumb_terminal:
        return LineDisplay(epochs, log, stop), nullcontext()
    live = LiveDisplay(epochs, log, stop, batch_size=config.train.batch_size)
    return live, live.shown()
