"""Learning rates of the configured schedule as plain numbers, without Keras."""

import math
from collections.abc import Sequence

from stnctl.config.schedules import Constant, Cosine, Step
from stnctl.config.stages import stage_of_epoch, stages_of
from stnctl.config.train_section import TrainConfig
from stnctl.runs.checkpoint_paths import MAX_STEP

START = 1 / 25
"""Share of the learning rate at which a warm-up begins."""

RISE = 0.3
"""Share of the steps in which the rate of `onecycle` rises."""


def rate_in_step(train: TrainConfig, num_steps: int, step: int) -> float:
    """Return the learning rate of a step.

    Args:
        train: The section `train` of the configuration.
        num_steps: Number of steps in one epoch.
        step: The step of the whole training, from 1.
    """
    stage = stage_of_epoch(train, max(step - 1, 0) // num_steps)
    return _rate_in_stage(stage.train, num_steps, step - stage.first_epoch * num_steps)


def _rate_in_stage(train: TrainConfig, num_steps: int, step: int) -> float:
    """Return the learning rate of a step, counted from 1 in its stage."""
    schedule, total = train.schedule, train.epochs * num_steps
    done = min(max(step - 1, 0), total)
    match schedule:
        case Constant():
            factor = _rise(done, round(schedule.warmup * num_steps))
        case Step():
            interval = max(1, round(schedule.every * num_steps))
            warm_up = _rise(done, round(schedule.warmup * num_steps))
            factor = schedule.factor ** (done // interval) * warm_up
        case Cosine():
            factor = _half_cosine(done, total, round(schedule.warmup * num_steps))
        case _:
            factor = _half_cosine(done, total, round(RISE * total))
    return train.learning_rate * factor


def rates_of_epochs(train: TrainConfig, last_steps: Sequence[int]) -> list[float] | None:
    """Return the learning rate in the last step of each epoch; None if it never changes.

    Args:
        train: The section `train` of the configuration.
        last_steps: (n,), the steps of the whole training, from 1, at the ends of epochs 1 to n.
    """
    if not last_steps or _is_constant(train):
        return None
    num_steps = min(max(last_steps[-1] // len(last_steps), 1), MAX_STEP)
    return [rate_in_step(train, num_steps, step) for step in last_steps]


def _is_constant(train: TrainConfig) -> bool:
    """Return whether all steps of a training have the same learning rate."""
    sections = [stage.train for stage in stages_of(train)]
    changing = any(
        not isinstance(each.schedule, Constant) or each.schedule.warmup for each in sections
    )
    return not changing and len({each.learning_rate for each in sections}) == 1


def _rise(done: int, num_steps: int) -> float:
    """Return the factor of a linear rise in ``num_steps`` steps."""
    return START + (1 - START) * done / num_steps if done < num_steps else 1.0


def _half_cosine(done: int, total: int, num_rising: int) -> float:
    """Return the factor of a rise, and half a cosine to zero in the rest of ``total`` steps."""
    if done < num_rising:
        return _rise(done, num_rising)
    num_falling = max(1, total - num_rising)
    return 0.5 * (1 + math.cos(math.pi * min((done - num_rising) / num_falling, 1.0)))
