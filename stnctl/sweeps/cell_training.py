"""Training of one cell in a worker process of any engine.

The results have the same bits as those of `stnctl train` in a process of its own.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stnctl.config.data_section import DataConfig
from stnctl.config.schema import Config
from stnctl.config.train_section import TrainConfig
from stnctl.data.sources.dataset_loader import load_with_fallback
from stnctl.errors import DivergedError, EnvironmentFault, StnctlError
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.run_evaluation import evaluate_run, write_evaluation
from stnctl.evaluation.run_loader import load_trained_model
from stnctl.models.backend import start_backend
from stnctl.models.job import Job
from stnctl.reports.figured_training import train_with_figures
from stnctl.runs.config_record import fingerprint_of
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import is_locked, run_lock
from stnctl.runs.provenance import read_record
from stnctl.runs.summary import summarize
from stnctl.sweeps.cell_task import CellEnd, CellTask, Watcher
from stnctl.training.callbacks import EpochMetrics, Interrupted
from stnctl.training.checks import check_training
from stnctl.training.epoch_log import EpochLog
from stnctl.training.resume import is_finished, load_resumed_job, start_resume
from stnctl.training.setup import create_run

if TYPE_CHECKING:
    from stnctl.training.model_pool import ModelPool

SWEEP = "sweep"
"""Key of run.json with the names of the sweep and of the cell."""


def train_cell(task: CellTask, watcher: Watcher) -> CellEnd:
    """Train a cell to its end, from its last checkpoint if it has one, and measure it.

    A worker can train many cells one after another. Keras is loaded once; it must be loaded with
    the threads of the task, or not yet.

    Args:
        task: The cell.
        watcher: Receives the progress, and can stop the training.

    Returns:
        The end. An error is part of it, so that the other cells continue.
    """
    run = RunDirectory(Path(task.runs_dir) / task.run)
    os.chdir(task.folder)
    try:
        with _open_cell(task, run) as (job, run):
            if not is_finished(run, job):
                _train(job, run, task, watcher)
            if task.test and not watcher.should_stop():
                _measure(job, run)
    except Interrupted:
        return CellEnd(task.cell, "interrupted")
    except DivergedError as error:
        return CellEnd(task.cell, "diverged", str(error), error.exit_code)
    except StnctlError as error:
        if is_locked(run):  # by another process, which may also have created it just now
            return CellEnd(task.cell, "busy", str(error), error.exit_code)
        return CellEnd(task.cell, "failed", str(error), error.exit_code)
    except Exception as error:  # such as a lack of memory: the other cells continue
        return CellEnd(task.cell, "failed", f"{type(error).__name__}: {error}", 1)
    return CellEnd(task.cell, "finished")


@contextmanager
def _open_cell(task: CellTask, run: RunDirectory) -> Iterator[tuple[Job, RunDirectory]]:
    """Provide the job and the run of a cell, whose lock is held in the ``with`` block."""
    if not run.is_run:
        config = Config.model_validate_json(task.config)
        job = Job(config, *_dataset(config.data))
        job.check_network()
        check_training(job)
        with create_run(
            job,
            runs_dir=run.path.parent,
            name=run.name,
            stem=run.name,
            argv=["sweep", task.sweep],
            now=datetime.now(UTC),
            further={SWEEP: {"name": task.sweep, "cell": task.cell}},
        ) as created:
            yield job, created
        return
    with run_lock(run):
        if fingerprint_of(run, read_record(run)) != task.fingerprint:
            raise EnvironmentFault(
                f"{run.path} has another configuration than the cell",
                hint="start the sweep again: it chooses another name",
            )
        job = load_resumed_job(run, [])
        if not is_finished(run, job):
            start_resume(run, job)
        yield job, run


@lru_cache(maxsize=1)
def _dataset(data: DataConfig) -> tuple[Any, str | None]:
    """Return the data set of a configuration, and the warning about a fallback or None."""
    return load_with_fallback(data)


@cache
def _pool() -> "ModelPool":
    """Return the pool of models of this process."""
    from stnctl.training.model_pool import ModelPool

    return ModelPool()


def _train(job: Job, run: RunDirectory, task: CellTask, watcher: Watcher) -> None:
    callback = _CellCallback(job.config.train, run.log, task.cell, watcher)
    train_with_figures(
        job,
        run,
        callback,
        on_warning=callback.write,
        on_note=callback.write,
        models=lambda job: _pool().make(job),
    )


def _measure(job: Job, run: RunDirectory) -> None:
    """Measure the best checkpoint of a run on the test images, if this is not done yet."""
    if summarize(run).test_error is not None:
        return
    start_backend(threads=job.config.train.threads)
    model = _pool().compiled(job)
    loaded = LoadedRun(run, job, *load_trained_model(run, job, "best", model))
    write_evaluation(run.eval, evaluate_run(loaded, split="test", checkpoint="best"))


class _CellCallback(EpochLog):
    """Callback that writes the log of the run, and passes each epoch on to a watcher."""

    def __init__(self, train: TrainConfig, log: Path, cell: str, watcher: Watcher) -> None:
        super().__init__(train, log, watcher.should_stop)
        self.cell = cell
        self.watcher = watcher

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        super().on_epoch_end(metrics, best=best)
        self.watcher.on_epoch(self.cell, self.epochs, asdict(metrics))
