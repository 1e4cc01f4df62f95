"""Batches in parts: the same results as those of the whole batch, but for rounding."""

import keras
import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.models.build import build_model
from stnctl.models.network import fitting_network
from stnctl.models.training_model import training_model

pytestmark = pytest.mark.usefixtures("keras_backend")

SHAPE = (12, 12, 1)
STN = "model.transformer={localization: {filters: [4]}}"
LAYERS = (
    "model.classifier=[{layer: conv, batch_norm: true}, pool, "
    "{layer: residual, layers: [{layer: conv, filters: 32, padding: same}]}, "
    "batch_norm, {layer: dense, units: 7, activity_l2: 0.5}]"
)


def network_of(*overrides):
    config = parse_config("", where="x", overrides=overrides)
    return config, fitting_network(config.model, SHAPE, 3)


@pytest.fixture(name="U")
def input_maps():
    return np.random.default_rng(0).random((12, *SHAPE), "float32")


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
@pytest.mark.parametrize("overrides", [(STN,), (LAYERS,)])
def test_training_model(U, overrides, parts):
    """Outputs, penalties, gradients and moving averages are those of the network in one part."""
    config, network = network_of(*overrides)
    model = build_model(config, network)
    start = model.get_weights()
    whole = results_of(model, model, U, 1)
    model.set_weights(start)
    divided_model = training_model(model, network, parts)
    assert {id(each) for each in divided_model.variables} >= {id(each) for each in model.variables}
    for found, expected in zip(results_of(divided_model, model, U, parts), whole, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)


def results_of(network, model, U, parts):
    """Return the logits, the penalty, the gradients of a loss, and the weights after a step."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        logits = network(U, training=True)
        penalty = sum(network.losses) / parts
        loss = keras.ops.mean(logits**2) + penalty
    gradients = tape.gradient(loss, model.trainable_variables)
    return [logits.numpy(), float(penalty), *(each.numpy() for each in gradients)] + [
        keras.ops.convert_to_numpy(each) for each in model.variables
    ]


@pytest.mark.parametrize("frozen", [False, True])
def test_training_model_of_frozen_normalization(U, frozen):
    config, network = network_of(LAYERS)
    model = build_model(config, network)
    [norm, *_] = [
        each for each in model.layers if isinstance(each, keras.layers.BatchNormalization)
    ]
    norm.trainable = not frozen
    before = norm.moving_mean.numpy()
    expected = model(U, training=True).numpy() if frozen else None
    logits = training_model(model, network, 2)(U, training=True).numpy()
    assert (norm.moving_mean.numpy() == before).all() == frozen
    if frozen:
        np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-5)
