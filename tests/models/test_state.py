import re

import keras
import numpy as np
import pytest

from stnctl.config.model_section import ModelConfig
from stnctl.errors import InputError
from stnctl.models.state import (
    averaged_weights,
    keeps_average,
    restore_training_state,
    restore_weights,
    training_state_of,
    weights_of,
)
from tests.models.small import CLASSIFIER, small_model

LABELS = np.array([0, 3, 1])


def compiled_model(seed=0, **options):
    """Return a compiled small network with dropout; ``options`` are those of its optimizer."""
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
def trained_model(input_map):
    model = compiled_model()
    train(model, input_map)
    return model


def test_training_state_of_has_all_variables(trained_model):
    state = training_state_of(trained_model)
    assert len(state) == len(trained_model.variables) + len(trained_model.optimizer.variables)
    assert set(weights_of(trained_model)) < set(state)
    assert state["optimizer/000/iteration"] == 2
    (seed,) = [name for name in state if name.endswith("seed_generator_state")]
    assert state[seed][1] == 2  # dropout drew once in each step
    assert sum("momentum" in name for name in state) == len(trained_model.trainable_variables)


def test_training_state_of_is_a_copy(trained_model, input_map):
    """Further training does not change the returned state."""
    state = training_state_of(trained_model)
    copies = {name: array.copy() for name, array in state.items()}
    train(trained_model, input_map)
    assert_same(state, copies)


def test_restore_training_state_roundtrip(trained_model, input_map):
    """A new network continues like the old one, with its optimizer and random generators."""
    state = training_state_of(trained_model)
    fresh = compiled_model(seed=7)
    restore_training_state(fresh, state)
    assert_same(training_state_of(fresh), state)
    assert train(fresh, input_map) == train(trained_model, input_map)
    assert_same(training_state_of(fresh), training_state_of(trained_model))


def test_restore_weights_roundtrip(trained_model, input_map):
    """A network without an optimizer can be restored from a complete training state."""
    fresh = small_model(seed=7)
    restore_weights(fresh, training_state_of(trained_model))
    assert_same(weights_of(fresh), weights_of(trained_model))
    np.testing.assert_array_equal(fresh(input_map), trained_model(input_map))


def remove(state, name):
    del state[name]


def change_shape(state, name):
    state[name] = state[name][..., None]


def change_dtype(state, name):
    state[name] = state[name].astype("float64")


def make_nan(state, name):
    state[name].flat[-1] = np.nan


def make_infinite(state, name):
    state[name].flat[0] = -np.inf


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (remove, "the checkpoint has no array {name!r}, which the model needs"),
        (change_shape, "checkpoint array {name!r}: expected ((4,), 'float32'), found ((4, 1),"),
        (change_dtype, "expected ((4,), 'float32'), found ((4,), 'float64')"),
        (make_nan, "checkpoint array {name!r} has values that are not finite"),
        (make_infinite, "checkpoint array {name!r} has values that are not finite"),
    ],
    ids=["missing", "shape", "dtype", "nan", "infinite"],
)
@pytest.mark.parametrize(
    ("restore", "group"),
    [(restore_weights, "model"), (restore_training_state, "optimizer")],
    ids=["weights", "training_state"],
)
def test_restore_rejects(restore, group, damage, message):
    """If only the last array is damaged, nothing is assigned."""
    model = compiled_model()
    before = training_state_of(model)
    state = {name: array + np.ones_like(array) for name, array in before.items()}
    name = [name for name in state if name.startswith(group) and state[name].shape == (4,)][-1]
    damage(state, name)
    with pytest.raises(InputError, match=re.escape(message.format(name=name))):
        restore(model, state)
    assert_same(training_state_of(model), before)


def test_restore_weights_rejects_another_network():
    plain = small_model(ModelConfig(classifier=CLASSIFIER))
    with pytest.raises(InputError, match=r"array 'model/000/kernel': expected .*, found .*"):
        restore_weights(small_model(), weights_of(plain))


@pytest.fixture
def averaging_model(input_map):
    model = compiled_model(use_ema=True, ema_momentum=0.5)
    train(model, input_map)
    return model


def test_training_state_of_has_the_average(averaging_model):
    """The average has its own names, and reading it does not change the weights."""
    before = weights_of(averaging_model)
    state = training_state_of(averaging_model)
    assert_same(weights_of(averaging_model), before)
    averages = {name: array for name, array in state.items() if name.startswith("average/")}
    assert len(averages) == len(averaging_model.trainable_variables)
    kernel = next(name for name in averages if name.endswith("kernel"))
    assert np.abs(averages[kernel] - state[kernel.replace("average", "model")]).max() > 1e-4


def test_restore_weights_assigns_the_average(averaging_model, input_map):
    state = training_state_of(averaging_model)
    fresh = small_model(seed=7)
    restore_weights(fresh, state)
    with averaged_weights(averaging_model):
        expected = averaging_model(input_map)
    np.testing.assert_array_equal(fresh(input_map), expected)
    assert np.abs(expected - averaging_model(input_map)).max() > 1e-4


def test_restore_training_state_roundtrip_with_average(averaging_model, input_map):
    state = training_state_of(averaging_model)
    fresh = compiled_model(seed=7, use_ema=True, ema_momentum=0.5)
    restore_training_state(fresh, state)
    assert_same(training_state_of(fresh), state)
    assert train(fresh, input_map) == train(averaging_model, input_map)
    assert_same(training_state_of(fresh), training_state_of(averaging_model))


def test_restore_rejects_an_unknown_array(trained_model):
    state = {**training_state_of(trained_model), "model/999/kernel": np.zeros(3, "float32")}
    with pytest.raises(InputError, match=r"has an array 'model/999/kernel', which the model lacks"):
        restore_weights(small_model(), state)


def test_averaged_weights_are_the_moving_average(input_map):
    """With momentum 0.5, the average after two steps is the mean of their weights."""
    model = compiled_model(use_ema=True, ema_momentum=0.5)
    train(model, input_map, steps=1)
    first = [np.array(variable) for variable in model.trainable_variables]
    train(model, input_map, steps=1)
    second = [np.array(variable) for variable in model.trainable_variables]
    with averaged_weights(model):
        inside = [np.array(variable) for variable in model.trainable_variables]
    for average, a, b in zip(inside, first, second, strict=True):
        np.testing.assert_allclose(average, (a + b) / 2, rtol=1e-6, atol=1e-7)


def test_averaged_weights_restores_the_weights(averaging_model):
    before = weights_of(averaging_model)
    with pytest.raises(KeyError), averaged_weights(averaging_model):
        raise KeyError
    for name, array in weights_of(averaging_model).items():
        np.testing.assert_array_equal(array, before[name], strict=True)


def test_averaged_weights_without_an_average():
    model = compiled_model()
    assert not keeps_average(model)
    before = weights_of(model)
    with averaged_weights(model):
        for name, array in weights_of(model).items():
            np.testing.assert_array_equal(array, before[name], strict=True)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint32"])
def test_restore_training_state_of_another_backend(trained_model, dtype):
    """Backends store seeds and counters in different integer dtypes."""
    state = training_state_of(trained_model)
    integers = [name for name, array in state.items() if array.dtype.kind in "iu"]
    assert [name.rpartition("/")[2] for name in integers] == ["seed_generator_state", "iteration"]
    fresh = compiled_model(seed=7)
    restore_training_state(fresh, state | {name: state[name].astype(dtype) for name in integers})
    assert_same(training_state_of(fresh), state)


@pytest.mark.parametrize(
    ("array", "found"),
    [
        (np.array([2**64 - 1, 0], "uint64"), "uint64"),
        (np.array([1.0, 2.0], "float32"), "float32"),
        (np.array([True, False]), "bool"),
    ],
)
def test_restore_weights_rejects_other_integers(trained_model, array, found):
    state = training_state_of(trained_model)
    (seed,) = [name for name in state if name.endswith("seed_generator_state")]
    with pytest.raises(InputError, match=rf"expected \(\(2,\), 'int64'\), found .*'{found}'"):
        restore_weights(small_model(seed=7), state | {seed: array})


def test_averaged_weights_share_no_buffer(input_map):
    """A prediction on JAX frees the buffers of the weights, but not those of the averages."""
    model = compiled_model(use_ema=True, ema_momentum=0.5)
    train(model, input_map)
    with averaged_weights(model):
        model.predict_on_batch(input_map)
    assert np.isfinite(train(model, input_map)).all()
