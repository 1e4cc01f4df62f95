import time

import pytest

from stnctl.training.sinks import sink_thread
from stnctl.training.sinks.sink_thread import SinkThread
from tests.training.sinks.examples import Hanging, Recording, raising, start

VALUES = {"train/loss": 0.5}


@pytest.fixture
def thread(tmp_path):
    """Return a function that starts the thread of a sink."""
    return lambda sink: SinkThread("x", lambda: sink, start(tmp_path, num_epochs=4))


def test_sink_gets_all_calls_in_order(thread):
    sink = Recording()
    running = thread(sink)
    for epoch in (1, 2):
        running.write(epoch, VALUES)
    running.close("stopped")
    assert sink.calls == [("open", 4), ("write", 1, 0.5), ("write", 2, 0.5), ("close", "stopped")]
    assert running.warning() is None


@pytest.mark.parametrize("method", ["open", "write", "close"])
@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no\nserver"), "ValueError: no server"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (MemoryError(), "MemoryError"),
    ],
)
def test_sink_that_raises_gives_one_warning(thread, method, error, text):
    running = thread(raising(method, error))
    running.write(1, VALUES)
    running.write(2, VALUES)
    running.close("finished")
    warning = running.warning()
    assert warning.startswith("the sink x has failed, the training continues")
    assert text in warning
    assert running.warning() is None


def test_sink_that_hangs_is_left_behind(thread, monkeypatch):
    monkeypatch.setattr(sink_thread, "PATIENCE", 0.2)
    sink = Hanging()
    running = thread(sink)
    began = time.monotonic()
    for epoch in range(20):
        running.write(epoch, VALUES)
    assert time.monotonic() - began < 0.2
    running.close("finished")
    assert time.monotonic() - began < 5
    assert "it did not finish within 0.2 seconds" in running.warning()
    sink.released.set()


def test_sink_that_is_far_behind_loses_epochs(thread, monkeypatch):
    monkeypatch.setattr(sink_thread, "MAX_WAITING", 3)
    monkeypatch.setattr(sink_thread, "PATIENCE", 0.2)
    sink = Hanging()
    running = thread(sink)
    for epoch in range(10):
        running.write(epoch, VALUES)
    assert "it is 3 epochs behind" in running.warning()
    sink.released.set()
    running.close("finished")
