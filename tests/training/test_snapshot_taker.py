from dataclasses import replace

import keras
import numpy as np
import pytest

from stnctl.models.build import with_intermediates
from stnctl.models.state import training_state_of
from stnctl.runs.snapshots import read_snapshots, write_snapshots
from stnctl.training.setup import make_model
from stnctl.training.snapshot_taker import SnapshotTaker
from stnctl.training.validation_sample import ValidationSample
from tests.tiny import make_job, make_run

pytestmark = pytest.mark.usefixtures("keras_backend")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    job = make_job(tmp_path_factory.mktemp("shared"), "train.snapshots=4")
    return job, make_model(job)


@pytest.fixture
def taker(shared, tmp_path):
    job, _ = shared
    return SnapshotTaker(ValidationSample(job), make_run(job, tmp_path))


@pytest.fixture
def take(shared):
    """Return a function that takes the snapshots of epochs, with a theta for each epoch."""
    _, model = shared

    def take(taker, epochs):
        for epoch in epochs:
            bias = model.get_layer("theta").bias
            bias.assign(keras.ops.array([1.0, 0, epoch / 10, 0, 1, 0]))
            taker.take(epoch, taker.sample.predict(model))

    return take


def test_take_is_what_the_network_computes(shared, taker):
    job, model = shared
    before = training_state_of(model)
    taker.take(0, taker.sample.predict(model))
    after = training_state_of(model)
    for name, array in before.items():
        np.testing.assert_array_equal(after[name], array, err_msg=name)

    found = read_snapshots(taker.run)
    examples = job.examples("validation", compiled=True)
    outputs = with_intermediates(model).predict(examples.inputs(found.indices), verbose=0)
    shares = keras.ops.convert_to_numpy(keras.ops.softmax(outputs["logits"]))
    np.testing.assert_allclose(
        found.thetas["spatial_transformer"][0], outputs["spatial_transformer/theta"], atol=1e-6
    )
    np.testing.assert_array_equal(found.predicted[0], shares.argmax(axis=1))
    np.testing.assert_allclose(found.probabilities[0], shares.max(axis=1), rtol=1e-5)


def test_resume_removes_later_epochs(taker, take):
    """The bytes are those of a training that was never stopped."""
    files = {}
    for epoch in range(4):
        take(taker, [epoch])
        files[epoch] = taker.run.snapshots.read_bytes()
    resumed = SnapshotTaker(taker.sample, taker.run)
    resumed.resume(2)
    assert taker.run.snapshots.read_bytes() == files[2]
    take(resumed, [3])
    assert taker.run.snapshots.read_bytes() == files[3]


@pytest.mark.parametrize("kind", ["damaged", "missing", "other images", "other transformer"])
def test_resume_replaces_a_file_that_does_not_fit(taker, take, kind):
    take(taker, [0, 1])
    found = read_snapshots(taker.run)
    assert found is not None
    match kind:
        case "damaged":
            taker.run.snapshots.write_bytes(b"damaged")
        case "missing":
            taker.run.snapshots.unlink()
        case "other images":
            write_snapshots(taker.run, replace(found, indices=found.indices + 1))
        case _:
            write_snapshots(taker.run, replace(found, thetas={"other": found.thetas.popitem()[1]}))
    resumed = SnapshotTaker(taker.sample, taker.run)
    resumed.resume(1)
    take(resumed, [2])
    assert read_snapshots(taker.run).epochs.tolist() == [2]


def test_restart_leaves_out_earlier_snapshots(taker, take):
    take(taker, [0, 1])
    taker.restart()
    take(taker, [0])
    assert read_snapshots(taker.run).epochs.tolist() == [0]


def test_take_without_transformer_or_snapshots(tmp_path):
    for number, override in enumerate(("model.transformer=null", "train.snapshots=0")):
        job = make_job(tmp_path, override)
        taker = SnapshotTaker(ValidationSample(job), make_run(job, tmp_path, f"run-{number}"))
        taker.take(0, {})
        taker.resume(0)
        assert not taker.run.snapshots.exists()


def test_take_skips_values_that_are_not_finite(taker):
    n = len(taker.sample.indices)
    bad = {"logits": np.ones((n, 10)), "spatial_transformer/theta": np.full((n, 6), np.inf)}
    taker.take(0, bad)
    assert not taker.run.snapshots.exists()
