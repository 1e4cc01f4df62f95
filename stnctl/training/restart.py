"""Restart of a training with other random weights, after a transformer has collapsed."""

import keras

from stnctl.config.stages import stage_of_epoch
from stnctl.errors import DivergedError
from stnctl.models.build import build_model
from stnctl.models.job import Job
from stnctl.models.state import restore_training_state, training_state_of, weights_of
from stnctl.training.loop_state import LoopState, steps_per_epoch
from stnctl.training.optimizer import compile_model

MAX_RESTARTS = 5
"""Maximum number of restarts of a training."""

_SEED_DISTANCE = 1_000_003
"""Distance between the seeds of the first weights."""


def check_restart(job: Job, state: LoopState) -> None:
    """Check that a training may start again after a collapse.

    Raises:
        DivergedError: If `train.on_collapse` stops the training, or there were `MAX_RESTARTS`.
    """
    action = job.config.train.on_collapse
    if action == "restart" and state.restarts < MAX_RESTARTS:
        return
    problem = f"a transformer collapsed in epoch {state.epoch}"
    if state.restarts:
        problem += f", after {state.restarts} restart{'s' if state.restarts > 1 else ''}"
    raise DivergedError(
        f"{problem}, and train.on_collapse is {action}", hint="train.log in the run says how"
    )


def start_again(model: keras.Model, job: Job, restarts: int) -> None:
    """Give a model the random weights of a restart and a new optimizer of the first stage.

    Only the first weights depend on ``restarts``. All other draws are those of the seed.

    Args:
        model: The compiled model of the job.
        job: The configuration and the data.
        restarts: Number of restarts, with this one.
    """
    seed = (job.config.seed + _SEED_DISTANCE * restarts) % 2**32
    weights = weights_of(build_model(job.config.model_copy(update={"seed": seed}), job.network))
    train = job.config.train
    num_steps = steps_per_epoch(train, len(job.view("train")))
    compile_model(model, stage_of_epoch(train, 0).train, num_steps)
    restore_training_state(model, training_state_of(model) | weights)
