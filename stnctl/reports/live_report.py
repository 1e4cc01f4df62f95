"""The report of a training that is written again after each epoch (`train.report`)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stnctl.errors import DivergedError
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.run_loader import load_trained_model
from stnctl.models.job import Job
from stnctl.reports.page import render_page
from stnctl.reports.run_page import read_run_page
from stnctl.runs.checkpoint_paths import Pointer
from stnctl.runs.directory import RunDirectory
from stnctl.storage.atomic import atomic_write
from stnctl.training.callbacks import Callback, EpochMetrics, Interrupted, PassOn

SPLIT = "validation"
CHECKPOINT: Pointer = "last"
"""The split and the checkpoint that the page shows."""


class LiveReport(PassOn):
    """Callback that passes each call on to another callback, and writes report.html.

    The page shows the checkpoint of the epoch on the validation images, loaded into another model.
    After the first failure, there is one warning, and the page is not written any more.
    """

    def __init__(
        self, callback: Callback, run: RunDirectory, job: Job, on_warning: Callable[[str], None]
    ) -> None:
        """Store the arguments.

        Args:
            callback: The other callback.
            run: The run.
            job: The configuration and the data of the run.
            on_warning: Called with the warning.
        """
        super().__init__(callback)
        self.run = run
        self.job = job
        self.on_warning = on_warning
        self.has_failed = False
        self.is_written = False

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Pass the call on, and write the page, which reloads itself."""
        super().on_epoch_end(metrics, best=best)
        self.write(reload=True)
        self.is_written = True

    def write(self, *, reload: bool) -> None:
        """Write the page, unless an earlier attempt has failed.

        Args:
            reload: Whether the page reloads itself.
        """
        if self.has_failed:
            return
        try:
            model, num_epochs = load_trained_model(self.run, self.job, CHECKPOINT)
            loaded = LoadedRun(self.run, self.job, model, num_epochs)
            page = read_run_page(loaded, split=SPLIT, checkpoint=CHECKPOINT, prefix="r0")
            atomic_write(self.run.report, render_page(self.run.name, [page], reload=reload))
        except Exception as error:  # also those of matplotlib and jinja2
            self.has_failed = True
            self.on_warning(f"{self.run.report} is not up to date: {error}")


@contextmanager
def live_report(
    callback: Callback, run: RunDirectory, job: Job, on_warning: Callable[[str], None]
) -> Iterator[Callback]:
    """Provide the callback of a training in the ``with`` block: a `LiveReport` if configured.

    The arguments are those of `LiveReport`. At the end, the page is written once more, and does not
    reload itself any more.
    """
    if not job.config.train.report:
        yield callback
        return
    report = LiveReport(callback, run, job, on_warning)
    try:
        yield report
    except (Interrupted, DivergedError):
        _finish(report)
        raise
    _finish(report)


def _finish(report: LiveReport) -> None:
    if report.is_written:
        report.write(reload=False)
