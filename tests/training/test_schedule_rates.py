import numpy as np
import pytest

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


def test_rates_of_epochs_of_damaged_rows():
    """Steps of an untrusted run may be any numbers."""
    rates = rates_of_epochs(train_of("cosine"), [0, -3, 10**400])
    assert np.isfinite(rates).all()
