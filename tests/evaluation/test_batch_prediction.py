import math

import numpy as np
import pytest

from stnctl.data.batches import BATCH_SIZE
from stnctl.data.dataset import Split
from stnctl.data.split_view import SplitView, network_input
from stnctl.evaluation.batch_prediction import predict


class Halves:
    """Function that returns means and halves of U, and records the sizes of its batches."""

    def __init__(self, *, named):
        self.named = named
        self.sizes = []

    def __call__(self, U):
        assert U.dtype == np.float32
        self.sizes.append(len(U))
        means = U.mean(axis=(1, 2))
        return {"mean": means, "half": U / 2} if self.named else means


def examples(size, *, pixels="unit"):
    images = np.random.default_rng(0).integers(0, 256, (size, 3, 4, 1), "uint8")
    return SplitView(Split(images, np.zeros(size, np.int64)), "test", pixels=pixels).examples()


def inputs(epoch):
    return network_input(epoch.view.split.images, epoch.view.pixels)


@pytest.mark.parametrize("size", [1, BATCH_SIZE - 1, BATCH_SIZE, BATCH_SIZE + 1, 2 * BATCH_SIZE])
@pytest.mark.parametrize("pixels", ["unit", "raw"])
def test_predict_equals_one_call(size, pixels):
    model, epoch = Halves(named=False), examples(size, pixels=pixels)
    means = predict(model, epoch)
    np.testing.assert_array_equal(means, inputs(epoch).mean(axis=(1, 2)))
    assert set(model.sizes) == {min(size, BATCH_SIZE)}
    assert len(model.sizes) == math.ceil(size / BATCH_SIZE)


def test_predict_keeps_the_order_of_indices():
    model, epoch = Halves(named=False), examples(20)
    indices = np.array([7, 0, 7, 19])
    means = predict(model, epoch, indices)
    np.testing.assert_array_equal(means, inputs(epoch)[indices].mean(axis=(1, 2)))
    assert model.sizes == [4]


def test_predict_of_named_outputs():
    epoch = examples(BATCH_SIZE + 5)
    outputs = predict(Halves(named=True), epoch)
    assert list(outputs) == ["mean", "half"]
    np.testing.assert_array_equal(outputs["half"], inputs(epoch) / 2)
    assert outputs["mean"].shape == (BATCH_SIZE + 5, 1)


def test_predict_reports_progress():
    calls = []
    size = 2 * BATCH_SIZE + 3
    predict(Halves(named=False), examples(size), progress=lambda *done: calls.append(done))
    assert calls == [(BATCH_SIZE, size), (2 * BATCH_SIZE, size), (size, size)]


@pytest.mark.parametrize(("values", "size"), [(12 * 7, 7), (12 * 7 + 11, 7), (12, 1), (1, 1)])
def test_predict_limits_the_values_of_a_batch(monkeypatch, values, size):
    monkeypatch.setattr("stnctl.data.batches.MAX_VALUES", values)
    model, epoch = Halves(named=False), examples(10)
    np.testing.assert_array_equal(predict(model, epoch), inputs(epoch).mean(axis=(1, 2)))
    assert set(model.sizes) == {size}
