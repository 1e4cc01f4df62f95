"""Facts about a training, and sinks that go wrong."""

import threading

from stnctl.training.callbacks import EpochMetrics
from stnctl.training.sinks.sink import SinkStart


def start(folder, *, num_epochs=0, name="x"):
    """Return the facts about a training whose sinks write to a folder."""
    folder.mkdir(exist_ok=True)
    return SinkStart(
        name, folder, {"seed": 0, "train.epochs": 3, "data.source": "x.npz"}, num_epochs
    )


def metrics(epoch, loss=0.5):
    """Return the metrics of an epoch."""
    statistics = {"outside": 0.25, "alignment": {"rotation_degrees": {"slope": 0.5}}, "text": "x"}
    return EpochMetrics(
        epoch, 10 * epoch, loss, 0.75, 2 * loss, 0.5, 1.5, 40.0, transformers={"stn": statistics}
    )


class Recording:
    """Sink that records its calls."""

    def __init__(self):
        self.calls = []

    def open(self, start):
        self.calls.append(("open", start.num_epochs))

    def write(self, epoch, values):
        self.calls.append(("write", epoch, values["train/loss"]))

    def close(self, status):
        self.calls.append(("close", status))


def raising(method, error):
    """Return a sink whose method raises an error."""

    def fail(self, *_):
        raise error

    return type("Raising", (Recording,), {method: fail})()


class Hanging(Recording):
    """Sink that hangs in `write` until the event is set."""

    def __init__(self):
        super().__init__()
        self.released = threading.Event()

    def write(self, epoch, values):
        self.released.wait(60)
        super().write(epoch, values)
