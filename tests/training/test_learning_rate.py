import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.training.learning_rate import learning_rate
from stnctl.training.optimizer import compile_model
from tests.models.small import small_model

pytestmark = pytest.mark.usefixtures("keras_backend")

EPOCHS, NUM_STEPS, RATE = 5, 4, 0.2
TOTAL = EPOCHS * NUM_STEPS
STEPS = np.arange(TOTAL + 1)


def train_of(schedule):
    overrides = [f"train.epochs={EPOCHS}", f"train.learning_rate={RATE}"]
    return parse_config("", where="x", overrides=[*overrides, f"train.schedule={schedule}"]).train


def rise(num_steps):
    """Return the factors of a linear rise from 1/25 to 1 in some steps."""
    return np.interp(STEPS, [0, num_steps], [1 / 25, 1])


def half_cosine(start):
    """Return the factors of half a cosine from 1 in step ``start`` to 0 after the last one."""
    return (1 + np.cos(np.pi * np.clip((STEPS - start) / (TOTAL - start), 0, 1))) / 2


SCHEDULES = {
    "constant": np.ones(TOTAL + 1),
    "{warmup: 1.5}": rise(6),
    "{warmup: 0.1}": np.ones(TOTAL + 1),  # rounds to no step
    "{schedule: step, every: 2, factor: 0.5}": 0.5 ** (STEPS // 8),
    "{schedule: step, every: 1.25}": 0.1 ** (STEPS // 5),
    "{schedule: step, every: 2, factor: 0.5, warmup: 3}": 0.5 ** (STEPS // 8) * rise(12),
    "cosine": half_cosine(0),
    "{schedule: cosine, warmup: 0.5}": half_cosine(2) * rise(2),
    "{schedule: cosine, warmup: 4.99}": rise(20),  # rounds to all steps
    "onecycle": half_cosine(6) * rise(6),
}
"""A schedule -> the shares of the learning rate in all steps."""


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_learning_rate_follows_the_schedule(schedule):
    rate = learning_rate(train_of(schedule), NUM_STEPS)
    rates = [rate if isinstance(rate, float) else float(rate(step)) for step in STEPS[:-1]]
    np.testing.assert_allclose(rates, RATE * SCHEDULES[schedule][:-1], rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine", "onecycle"])
def test_learning_rate_of_one_step(schedule):
    train = train_of(schedule).model_copy(update={"epochs": 1})
    rate = learning_rate(train, 1)
    assert 0 < (rate if isinstance(rate, float) else float(rate(0))) <= RATE * 1.0001


def test_compile_model_follows_the_schedule():
    """The learning rate is a function of the optimizer's counter, also after the last step."""
    model = small_model()
    overrides = ["train.schedule=cosine", "train.epochs=5", f"train.learning_rate={RATE}"]
    compile_model(model, parse_config("", where="x", overrides=overrides).train, NUM_STEPS)
    rates = []
    for step in STEPS:
        model.optimizer.iterations.assign(step)
        rates.append(float(model.optimizer.learning_rate))
    np.testing.assert_allclose(rates, RATE * half_cosine(0), atol=1e-8)
