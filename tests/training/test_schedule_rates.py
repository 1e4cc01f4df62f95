import numpy as np
import pytest

from stnctl.config.schedules import Cosine
from stnctl.config.stage_section import StageConfig
from stnctl.config.train_section import TrainConfig
from stnctl.training.schedule_rates import rate_in_step, rates_of_epochs
from tests.training.test_learning_rate import NUM_STEPS, RATE, SCHEDULES, STEPS, train_of


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_rate_in_step(schedule):
    """The expected values are those with which `learning_rate` of Keras is compared."""
    train = train_of(schedule)
    rates = [rate_in_step(train, NUM_STEPS, step + 1) for step in STEPS]
    np.testing.assert_allclose(rates, RATE * SCHEDULES[schedule], rtol=1e-12, atol=1e-15)


def test_rates_of_epochs():
    """They are the rates of the steps before the ends of the epochs."""
    rates = rates_of_epochs(train_of("{schedule: step, every: 1.25}"), [4, 8, 12, 16])
    np.testing.assert_allclose(rates, [RATE, RATE / 10, RATE / 100, RATE / 1000])


@pytest.mark.parametrize(("schedule", "steps"), [("constant", [4, 8]), ("cosine", [])])
def test_rates_of_epochs_without_a_change(schedule, steps):
    assert rates_of_epochs(train_of(schedule), steps) is None


def test_rates_of_stages():
    """Each stage has its own rate and schedule, which begins with the stage."""
    stages = (
        StageConfig(epochs=1, learning_rate=5.0),
        StageConfig(epochs=1, schedule=Cosine()),
    )
    train = TrainConfig(epochs=4, learning_rate=RATE, stages=stages)
    rates = [rate_in_step(train, 2, step) for step in range(1, 9)]
    assert rates == pytest.approx([5, 5, RATE, RATE / 2, *[RATE] * 4])
    assert rates_of_epochs(train, [2, 4, 6, 8]) == pytest.approx([5, RATE / 2, RATE, RATE])
    equal = TrainConfig(epochs=4, stages=(StageConfig(epochs=1),))
    assert rates_of_epochs(equal, [2, 4]) is None


def test_rates_of_epochs_of_damaged_rows():
    """Steps of an untrusted run may be any numbers."""
    rates = rates_of_epochs(train_of("cosine"), [0, -3, 10**400])
    assert np.isfinite(rates).all()
