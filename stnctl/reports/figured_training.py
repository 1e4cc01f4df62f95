"""Training of a run with its figures and sinks: history.png, report.html, `train.sinks`."""

from collections.abc import Callable

from stnctl.models.job import Job
from stnctl.reports.live_report import live_report
from stnctl.runs.directory import RunDirectory
from stnctl.training.callbacks import Callback
from stnctl.training.execution import run_training
from stnctl.training.history_figure import history_figure
from stnctl.training.loop_state import LoopState
from stnctl.training.setup import ModelMaker
from stnctl.training.sinks.sink_callback import open_sinks


def train_with_figures(
    job: Job,
    run: RunDirectory,
    callback: Callback,
    *,
    on_warning: Callable[[str], None],
    on_note: Callable[[str], None],
    models: ModelMaker | None = None,
) -> LoopState:
    """Train a run as `run_training` does, draw its figures, and pass its metrics on.

    The arguments, the result and the errors are those of `run_training`.
    """
    with (
        history_figure(callback, run, job.config.train, on_warning) as drawing,
        live_report(drawing, run, job, on_warning) as drawing_all,
        open_sinks(drawing_all, run, job, on_warning) as reporting,
    ):
        return run_training(
            job, run, reporting, on_warning=on_warning, on_note=on_note, models=models
        )
