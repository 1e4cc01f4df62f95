"""Pool of compiled models: runs that differ in the seed share a model, with the same bits."""

import numpy as np
import pytest

from stnctl.config.stages import stages_of
from stnctl.models.state import training_state_of
from stnctl.training.model_pool import ModelPool
from stnctl.training.optimizer import compile_model
from stnctl.training.setup import make_model
from tests.tiny import BATCH_SIZE, SIDE, make_job

pytestmark = pytest.mark.usefixtures("keras_backend")


def step(model):
    """Train a step, and return the training state after it."""
    random = np.random.default_rng(0)
    U = random.random((BATCH_SIZE, SIDE, SIDE, 1), "float32")
    model.train_on_batch(U, np.arange(BATCH_SIZE) % 10)
    return training_state_of(model)


STAGES = "train.stages=[{epochs: 1, freeze: {localization: always}}]"


@pytest.mark.parametrize("changes", [(), ("train.ema=0.9", "train.schedule=cosine"), (STAGES,)])
def test_a_shared_model_has_the_bits_of_a_new_one(tmp_path, changes):
    """Expected: a step of a new model. The second job uses the model of the first."""
    pool = ModelPool()
    first = pool.make(early := make_job(tmp_path, *changes))
    step(first)
    compile_model(first, stages_of(early.config.train)[-1].train, 3)
    job = make_job(tmp_path, "seed=7", *changes)
    shared = pool.make(job)
    assert shared is first
    states = step(shared), step(make_model(job))
    assert states[0].keys() == states[1].keys()
    for name, array in states[0].items():
        np.testing.assert_array_equal(array, states[1][name], err_msg=name)


@pytest.mark.parametrize("change", ["train.learning_rate=0.1", "train.batch_size=10"])
def test_other_settings_have_another_model(tmp_path, change):
    pool = ModelPool()
    first = pool.make(make_job(tmp_path))
    assert pool.make(make_job(tmp_path, change)) is not first


def test_compiled_keeps_the_weights(tmp_path):
    pool = ModelPool()
    job = make_job(tmp_path)
    state = step(pool.make(job))
    kept = training_state_of(pool.compiled(job))
    for name, array in state.items():
        np.testing.assert_array_equal(array, kept[name], err_msg=name)
