import re

import keras
import numpy as np
import pytest

from stnctl.config.schema import ModelConfig
from stnctl.errors import InputError
from stnctl.models.state import (
    averaged_weights,
    restore_training_state,
    restore_weights,
    training_state_of,
    weights_of,
)
from tests.models.small import CLASSIFIER, small_model

LABELS = np.array([0, 3, 1])


def compiled_model(seed=0, **options):
    """Return a small network with dropout, ready to train; the options are its optimizer's."""
    model = small_model(seed=seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01, **options), loss, run_eagerly=True)
    model.optimizer.build(model.trainable_variables)
    return model


def train(model, input_map, steps=2):
    return [float(model.train_on_batch(input_map, LABELS)) for _ in range(steps)]


def assert_same(found, expected):
    assert list(found) == list(expected)
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, strict=True, err_msg=name)


@pytest.fixture
def trained(input_map):
    model = compiled_model()
    train(model, input_map)
    return model


def test_training_state_of_preset(trained):
    state = training_state_of(trained)
    assert len(state) == len(trained.variables) + len(trained.optimizer.variables)
    assert set(weights_of(trained)) < set(state)
    assert state["optimizer/000/iteration"] == 2
    (seed,) = [name for name in state if name.endswith("seed_generator_state")]
    assert state[seed][1] == 2  # dropout drew once in each step
    assert sum("momentum" in name for name in state) == len(trained.trainable_variables)


def test_training_state_of_random_is_a_copy(trained, input_map):
    """Further training leaves a state that was taken alone."""
    state = training_state_of(trained)
    copies = {name: array.copy() for name, array in state.items()}
    train(trained, input_map)
    assert_same(state, copies)


def test_restore_training_state_roundtrip(trained, input_map):
    """A fresh network goes on as the old one does: optimizer, dropout and all."""
    state = training_state_of(trained)
    fresh = compiled_model(seed=7)
    restore_training_state(fresh, state)
    assert_same(training_state_of(fresh), state)
    assert train(fresh, input_map) == train(trained, input_map)
    assert_same(training_state_of(fresh), training_state_of(trained))


def test_restore_weights_roundtrip(trained, input_map):
    """A network without an optimizer takes the weights of a whole training state."""
    fresh = small_model(seed=7)
    restore_weights(fresh, training_state_of(trained))
    assert_same(weights_of(fresh), weights_of(trained))
    np.testing.assert_array_equal(fresh(input_map), trained(input_map))


def missing(state, name):
    del state[name]


def of_another_shape(state, name):
    state[name] = state[name][..., None]


def of_another_dtype(state, name):
    state[name] = state[name].astype("float64")


def not_a_number(state, name):
    state[name].flat[-1] = np.nan


def infinite(state, name):
    state[name].flat[0] = -np.inf


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (missing, "the checkpoint has no array {name!r}, which the model needs"),
        (of_another_shape, "checkpoint array {name!r}: expected ((4,), 'float32'), found ((4, 1),"),
        (of_another_dtype, "expected ((4,), 'float32'), found ((4,), 'float64')"),
        (not_a_number, "checkpoint array {name!r} has values that are not finite"),
        (infinite, "checkpoint array {name!r} has values that are not finite"),
    ],
    ids=["missing", "shape", "dtype", "nan", "infinite"],
)
@pytest.mark.parametrize(
    ("restore", "group"),
    [(restore_weights, "model"), (restore_training_state, "optimizer")],
    ids=["weights", "training_state"],
)
def test_restore_rejects(restore, group, damage, message):
    """The last array is damaged, and nothing at all is assigned."""
    model = compiled_model()
    before = training_state_of(model)
    state = {name: array + np.ones_like(array) for name, array in before.items()}
    name = [name for name in state if name.startswith(group) and state[name].shape == (4,)][-1]
    damage(state, name)
    with pytest.raises(InputError, match=re.escape(message.format(name=name))):
        restore(model, state)
    assert_same(training_state_of(model), before)


def test_restore_weights_rejects_another_network():
    """A network of other layers does not fit, which the first array that differs tells."""
    plain = small_model(ModelConfig(classifier=CLASSIFIER))
    with pytest.raises(InputError, match=r"array 'model/000/kernel': expected .*, found .*"):
        restore_weights(small_model(), weights_of(plain))


@pytest.fixture
def averaging(input_map):
    model = compiled_model(use_ema=True, ema_momentum=0.5)
    train(model, input_map)
    return model


def test_training_state_of_an_average(averaging):
    """It is told apart from the weights, and telling it leaves them as they were."""
    before = weights_of(averaging)
    state = training_state_of(averaging)
    assert_same(weights_of(averaging), before)
    averages = {name: array for name, array in state.items() if name.startswith("average/")}
    assert len(averages) == len(averaging.trainable_variables)
    kernel = next(name for name in averages if name.endswith("kernel"))
    assert np.abs(averages[kernel] - state[kernel.replace("average", "model")]).max() > 1e-4


def test_restore_weights_takes_the_average(averaging, input_map):
    state = training_state_of(averaging)
    fresh = small_model(seed=7)
    restore_weights(fresh, state)
    with averaged_weights(averaging):
        expected = averaging(input_map)
    np.testing.assert_array_equal(fresh(input_map), expected)
    assert np.abs(expected - averaging(input_map)).max() > 1e-4


def test_restore_training_state_of_an_average_roundtrip(averaging, input_map):
    state = training_state_of(averaging)
    fresh = compiled_model(seed=7, use_ema=True, ema_momentum=0.5)
    restore_training_state(fresh, state)
    assert_same(training_state_of(fresh), state)
    assert train(fresh, input_map) == train(averaging, input_map)
    assert_same(training_state_of(fresh), training_state_of(averaging))


def test_restore_rejects_an_array_too_many(trained):
    state = {**training_state_of(trained), "model/999/kernel": np.zeros(3, "float32")}
    with pytest.raises(InputError, match=r"has an array 'model/999/kernel', which the model lacks"):
        restore_weights(small_model(), state)
