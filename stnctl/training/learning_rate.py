"""Learning-rate schedule of the optimizer, from the schedules of Keras."""

from typing import Any

from keras.optimizers.schedules import (
    CosineDecay,
    ExponentialDecay,
    LearningRateSchedule,
    PolynomialDecay,
)

from stnctl.config.schedules import Constant, Cosine, Step
from stnctl.config.train_section import TrainConfig
from stnctl.training.schedule_rates import RISE, START


def learning_rate(train: TrainConfig, num_steps: int) -> float | LearningRateSchedule:
    """Return the configured learning rate, in the form of an argument of Keras' optimizers.

    Args:
        train: The section `train` of the configuration.
        num_steps: Number of steps in one epoch.
    """
    rate, schedule, total = train.learning_rate, train.schedule, train.epochs * num_steps
    match schedule:
        case Constant():
            return _warm_up(rate, round(schedule.warmup * num_steps))
        case Step():
            interval = max(1, round(schedule.every * num_steps))
            falling = ExponentialDecay(rate, interval, schedule.factor, staircase=True)
            warm_up = _warm_up(1.0, round(schedule.warmup * num_steps))
            return falling if isinstance(warm_up, float) else _Product(falling, warm_up)
        case Cosine():
            return _half_cosine(rate, total, round(schedule.warmup * num_steps))
    return _half_cosine(rate, total, round(RISE * total))


def _warm_up(rate: float, num_steps: int) -> float | LearningRateSchedule:
    """Return ``rate`` after a linear rise in ``num_steps`` steps."""
    return PolynomialDecay(START * rate, num_steps, rate) if num_steps else rate


def _half_cosine(rate: float, total: int, num_rising: int) -> LearningRateSchedule:
    """Return a rise in ``num_rising`` steps, and half a cosine to zero in the rest of ``total``."""
    if not num_rising:
        return CosineDecay(rate, total)
    num_falling = max(1, total - num_rising)
    return CosineDecay(START * rate, num_falling, warmup_target=rate, warmup_steps=num_rising)


class _Product(LearningRateSchedule):  # type: ignore[misc]
    """Product of two schedules."""

    def __init__(self, first: LearningRateSchedule, second: LearningRateSchedule) -> None:
        self.first = first
        self.second = second

    def __call__(self, step: Any) -> Any:
        return self.first(step) * self.second(step)
