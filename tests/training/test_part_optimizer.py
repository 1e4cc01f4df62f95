import keras
import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.training.optimizer import compile_model
from stnctl.training.schedule_rates import rate_in_step
from tests.training.formulas import OPTIMIZED, PARTS, RATE, trained, two_layers

pytestmark = pytest.mark.usefixtures("keras_backend")


@pytest.mark.parametrize("keys", OPTIMIZED)
@pytest.mark.parametrize("schedule", ["constant", "onecycle"])
def test_compile_model_scales_the_updates_of_a_part(keys, schedule):
    """The factor multiplies the learning rate in the formula, in which it scales each update."""
    formula, options = OPTIMIZED[keys]
    parts = ("learning_rate_of.localization=0.1", "learning_rate_of.classifier=2")
    keys = [f"train.{key}" for key in (*keys.split(), *parts, f"schedule={schedule}", "epochs=3")]
    before, after, gradients = trained(*keys)
    train = parse_config("model: {transformer: {}}", where="x", overrides=keys).train
    rates = RATE / train.learning_rate * np.array([rate_in_step(train, 2, n) for n in range(1, 6)])
    for index, weight in enumerate(before):
        scaled = rates * {"localization": 0.1, "classifier": 2}[PARTS[index]]
        expected = formula(weight, [each[index] for each in gradients], scaled, **options)
        np.testing.assert_allclose(after[index], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("keys", OPTIMIZED)
@pytest.mark.parametrize(("period", "num_frozen"), [("3 steps", 3), ("1 epochs", 2)])
def test_compile_model_freezes_a_part_for_a_time(keys, period, num_frozen):
    """The part keeps its weights, and then is trained as in a new training."""
    formula, options = OPTIMIZED[keys]
    keys = [f"train.{key}" for key in keys.split()]
    before, after, gradients = trained(*keys, f"train.freeze.localization={period}")
    for index, weight in enumerate(before):
        first = num_frozen if PARTS[index] == "localization" else 0
        own = [each[index] for each in gradients[first:]]
        expected = formula(weight, own, [RATE] * len(own), **options)
        np.testing.assert_allclose(after[index], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_compile_model_frozen_part_keeps_its_bits(optimizer):
    """Neither weight decay nor a gradient of infinity changes a frozen weight or its slots."""
    keys = (f"train.optimizer={optimizer}", "train.weight_decay=0.5", "train.clip_norm=1.0")
    model = two_layers()
    frozen = "train.freeze.classifier=3 steps"
    config = parse_config("model: {transformer: {}}", where="x", overrides=(*keys, frozen))
    compile_model(model, config.train, 2)
    before = model.get_weights()
    gradients = [keras.ops.ones(weight.shape) for weight in before]
    gradients[2] *= np.inf
    for _ in range(3):
        model.optimizer.apply(gradients)
    after = model.get_weights()
    for index, part in enumerate(PARTS):
        assert np.array_equal(after[index], before[index]) == (part == "classifier")
    for variable in model.optimizer.variables:
        if variable.name.startswith("logits"):
            assert not np.any(variable)


def test_compile_model_freezes_a_part_always():
    """The layers of the part are not trainable, and the optimizer has no slots for them."""
    model = two_layers()
    overrides = ("train.freeze.localization=always", "train.learning_rate_of.classifier=0.5")
    config = parse_config("model: {transformer: {}}", where="x", overrides=overrides)
    compile_model(model, config.train, 2)
    assert [layer.trainable for layer in model.layers if layer.weights] == [False, True]
    assert len(model.optimizer.variables) == 2 + 2 * 2
    before = model.get_weights()
    model.optimizer.apply([keras.ops.ones(variable.shape) for variable in model.weights[2:]])
    after = model.get_weights()
    for index, part in enumerate(PARTS):
        assert np.array_equal(after[index], before[index]) == (part == "localization")


def test_compile_model_without_rules_has_an_optimizer_of_keras():
    model = two_layers()
    compile_model(model, parse_config("", where="x").train, 2)
    assert type(model.optimizer) is type(keras.optimizers.Adam())
