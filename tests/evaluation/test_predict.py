import math

import numpy as np
import pytest

from stnctl.data.batches import network_input
from stnctl.evaluation.predict import BATCH_SIZE, predict


class Halves:
    """A model that returns means and halves of U, and notes the sizes of its batches."""

    def __init__(self, *, named):
        self.named = named
        self.sizes = []

    def predict_on_batch(self, U):
        assert U.dtype == np.float32
        self.sizes.append(len(U))
        means = U.mean(axis=(1, 2))
        return {"mean": means, "half": U / 2} if self.named else means


def images(size):
    return np.random.default_rng(0).integers(0, 256, (size, 3, 4, 1), "uint8")


@pytest.mark.parametrize("size", [1, BATCH_SIZE - 1, BATCH_SIZE, BATCH_SIZE + 1, 2 * BATCH_SIZE])
@pytest.mark.parametrize("pixels", ["unit", "raw"])
def test_predict_equals_one_call(size, pixels):
    model, U = Halves(named=False), images(size)
    means = predict(model, U, pixels=pixels)
    np.testing.assert_array_equal(means, network_input(U, pixels).mean(axis=(1, 2)))
    assert set(model.sizes) == {min(size, BATCH_SIZE)}
    assert len(model.sizes) == math.ceil(size / BATCH_SIZE)


def test_predict_keeps_names():
    U = images(BATCH_SIZE + 5)
    outputs = predict(Halves(named=True), U, pixels="unit")
    assert list(outputs) == ["mean", "half"]
    np.testing.assert_array_equal(outputs["half"], network_input(U, "unit") / 2)
    assert outputs["mean"].shape == (BATCH_SIZE + 5, 1)


def test_predict_tells_progress():
    told = []
    size = 2 * BATCH_SIZE + 3
    predict(
        Halves(named=False), images(size), pixels="unit", progress=lambda *done: told.append(done)
    )
    assert told == [(BATCH_SIZE, size), (2 * BATCH_SIZE, size), (size, size)]
