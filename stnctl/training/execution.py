"""Execution of a training: alone, or as one of several processes.

The import of this module does not load Keras.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from stnctl.errors import DivergedError
from stnctl.evaluation.run_loader import load_trained_model
from stnctl.models.backend import start_backend
from stnctl.models.job import Job
from stnctl.models.processes import Processes, join_processes
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import record_event
from stnctl.storage.atomic import atomic_write
from stnctl.training.callbacks import Callback, Interrupted
from stnctl.training.loop_state import LoopState
from stnctl.training.setup import ModelMaker, make_model, open_loop

if TYPE_CHECKING:
    from stnctl.training.loop import TrainLoop


def run_training(
    job: Job,
    run: RunDirectory,
    callback: Callback,
    *,
    on_warning: Callable[[str], None],
    on_note: Callable[[str], None] = lambda _: None,
    models: "ModelMaker | None" = None,
) -> LoopState:
    """Train a job from the newest checkpoint of its run to the end, and export the best model.

    This function starts the backend. An interruption or a divergence is recorded in run.json.

    Args:
        job: The configuration and the data.
        run: The run directory. The caller must hold its lock.
        callback: Receives the progress of the training, and can stop the training.
        on_warning: Called with each warning about missing or damaged checkpoints.
        on_note: Called with a note about the first weights, if they are those of another run.
        models: Maker of the model, default `make_model`.

    Returns:
        The loop state after the last epoch.

    Raises:
        Interrupted: If the callback asks to stop; a checkpoint is saved first.
        DivergedError: If the loss or a weight is not finite; the last checkpoint is kept.
        InputError: If all checkpoints of the run are damaged, or the newest intact one does not fit
            the model.
        EnvironmentFault: If the disk has too little space, or a file can't be written; or if
            another process of a distributed training has ended.
    """
    processes = join_processes(job.config)
    start_backend(threads=job.config.train.threads, log=run.log)
    with processes.guarded():
        loop, warnings = open_loop(job, run, callback, on_note, models)
        for warning in warnings:
            on_warning(warning)
        end = _train(loop, processes)
    if isinstance(end, Interrupted):
        record_event(run, "interrupted", step=end.step)
        raise end
    if isinstance(end, DivergedError):
        record_event(run, "diverged", step=loop.state.step)
        raise end
    finish_run(job, run)
    return end


def follow_training(job: Job, processes: Processes, callback: Callback) -> None:
    """Train with the first of several processes, which alone writes the run.

    Args:
        job: The configuration and the data.
        processes: The processes, of which this one is not the first.
        callback: Can stop the training.

    Raises:
        Interrupted: If a process asks to stop.
        DivergedError: If the loss or a weight is not finite.
        EnvironmentFault: If another process has ended.
    """
    from stnctl.training.loop import TrainLoop

    with processes.guarded():
        loop = TrainLoop(make_model(job), job, None, callback, {})
        end = _train(loop, processes)
    if not isinstance(end, LoopState):
        raise end


def finish_run(job: Job, run: RunDirectory) -> None:
    """Export the best model as model.keras, and record the end of the training.

    Raises:
        EnvironmentFault: If a file can't be written.
    """
    from stnctl.models.keras_file import keras_bytes

    model, _ = load_trained_model(run, job, "best")
    atomic_write(run.model, keras_bytes(model))
    record_event(run, "end")


def _train(loop: "TrainLoop", processes: Processes) -> LoopState | Interrupted | DivergedError:
    """Train on all devices; return the last state, or an end that all processes have alike."""
    if processes.is_distributed:
        loop.distribute(processes, lambda: make_model(loop.job))
    try:
        return loop.train()
    except (Interrupted, DivergedError) as end:
        return end
