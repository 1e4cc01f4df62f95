import math

import keras
import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.training.optimizer import compile_model, learning_rate_of
from tests.models.small import small_model

pytestmark = pytest.mark.usefixtures("keras_backend")


def compiled(*overrides, num_steps=4):
    model = small_model()
    compile_model(model, parse_config("", where="x", overrides=overrides), num_steps)
    return model


def test_compile_model_default_optimizer():
    optimizer = compiled().optimizer
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert float(optimizer.learning_rate) == pytest.approx(0.001)
    assert not optimizer.use_ema


def test_compile_model_builds_the_optimizer():
    """The slots exist before the first step, so that a state can be restored."""
    model = compiled("train.ema=0.5")
    assert len(model.optimizer.variables) == 2 + 3 * len(model.trainable_variables)


@pytest.mark.parametrize(("schedule", "middle"), [("constant", 0.2), ("cosine", 0.1)])
def test_learning_rate_of_steps(schedule, middle):
    overrides = [f"train.schedule={schedule}", "train.epochs=3", "train.learning_rate=0.2"]
    train = parse_config("", where="x", overrides=overrides).train
    assert learning_rate_of(train, 4, 1) == pytest.approx(0.2)
    assert learning_rate_of(train, 4, 7) == pytest.approx(middle)


def test_compile_model_cosine_ends_at_zero():
    optimizer = compiled(
        "train.schedule=cosine", "train.epochs=3", "train.learning_rate=0.2"
    ).optimizer
    rates = []
    for step in range(13):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    expected = [0.1 * (1 + math.cos(math.pi * step / 12)) for step in range(13)]
    np.testing.assert_allclose(rates, expected, atol=1e-8)
