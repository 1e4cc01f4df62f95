import json

import pytest

from tests.training.sinks.examples import metrics, start

pytest.importorskip("tensorboard", reason="needs the extra tensorboard")

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from stnctl.training.sinks.sink import values_of
from stnctl.training.sinks.tensorboard_sink import FOLDER, TensorBoardSink


def write(folder, epochs, num_epochs=0):
    sink = TensorBoardSink()
    sink.open(start(folder, num_epochs=num_epochs))
    for epoch, loss in epochs:
        sink.write(epoch, values_of(metrics(epoch, loss)))
    sink.close("finished")


def read(folder):
    """Return what TensorBoard itself reads."""
    accumulator = EventAccumulator(str(folder / FOLDER))
    accumulator.Reload()
    return accumulator


def test_tensorboard_reads_the_numbers(tmp_path):
    write(tmp_path, [(1, 0.5), (2, 0.25)])
    found = read(tmp_path)
    assert set(found.Tags()["scalars"]) == values_of(metrics(1)).keys()
    assert [(each.step, each.value) for each in found.Scalars("train/loss")] == [
        (1, 0.5),
        (2, 0.25),
    ]
    [text] = found.Tensors("config")
    assert json.loads(text.tensor_proto.string_val[0]) == dict(start(tmp_path).config)


def test_tensorboard_reads_a_resumed_training(tmp_path):
    """Epoch 3 was written before the training was killed, and again after its resume."""
    write(tmp_path, [(1, 0.5), (2, 0.25), (3, 9.0)])
    write(tmp_path, [(3, 0.125)], num_epochs=2)
    scalars = read(tmp_path).Scalars("train/loss")
    assert [(each.step, each.value) for each in scalars] == [(1, 0.5), (2, 0.25), (3, 0.125)]
