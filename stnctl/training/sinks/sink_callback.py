"""Callback that passes the metrics of a training on to the configured sinks."""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stnctl.config.choices import SINKS
from stnctl.config.schema import Config
from stnctl.errors import UsageError
from stnctl.models.job import Job
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_metrics
from stnctl.storage.disk import make_folder
from stnctl.training.callbacks import Callback, EpochMetrics, Interrupted, PassOn
from stnctl.training.sinks.csv_sink import CsvSink
from stnctl.training.sinks.mlflow_sink import MlflowSink
from stnctl.training.sinks.sink import Sink, SinkStart, flat_config, values_of
from stnctl.training.sinks.sink_thread import SinkThread
from stnctl.training.sinks.tensorboard_sink import TensorBoardSink
from stnctl.training.sinks.wandb_sink import WandbSink

KINDS: dict[str, type[Sink]] = dict(
    zip(SINKS, (CsvSink, TensorBoardSink, MlflowSink, WandbSink), strict=True)
)
"""Name of a sink -> its class."""

PACKAGES = {"tensorboard": "tensorboard", "mlflow": "mlflow", "wandb": "wandb"}
"""Name of a sink -> the module that it needs; the extra of stnctl has the name of the sink."""


class SinkCallback(PassOn):
    """Callback that passes each call on to another callback, and each epoch to the sinks."""

    def __init__(
        self, callback: Callback, sinks: list[SinkThread], on_warning: Callable[[str], None]
    ) -> None:
        """Store the arguments.

        Args:
            callback: The other callback.
            sinks: The sinks.
            on_warning: Called with the warning of a sink that has failed.
        """
        super().__init__(callback)
        self.sinks = sinks
        self.on_warning = on_warning

    def on_epoch_end(self, metrics: EpochMetrics, *, best: bool) -> None:
        """Pass the call on, and the metrics to the sinks."""
        super().on_epoch_end(metrics, best=best)
        values = values_of(metrics)
        for sink in self.sinks:
            sink.write(metrics.epoch, values)
        self.report()

    def close(self, status: str) -> None:
        """Close all sinks."""
        for sink in self.sinks:
            sink.close(status)
        self.report()

    def report(self) -> None:
        """Print the new warnings."""
        for sink in self.sinks:
            if warning := sink.warning():
                self.on_warning(warning)


@contextmanager
def open_sinks(
    callback: Callback, run: RunDirectory, job: Job, on_warning: Callable[[str], None]
) -> Iterator[Callback]:
    """Provide the callback of a training in the ``with`` block: a `SinkCallback` if configured.

    Args:
        callback: The other callback.
        run: The run.
        job: The configuration and the data of the run.
        on_warning: As in `SinkCallback`.

    Raises:
        EnvironmentFault: If the folder of the sinks can't be created.
    """
    names = job.config.train.sinks
    if not names:
        yield callback
        return
    make_folder(run.sinks)
    config = flat_config(job.config.model_dump(mode="json"))
    start = SinkStart(run.name, run.sinks, config, len(read_metrics(run)))
    sinks = SinkCallback(
        callback, [SinkThread(each, KINDS[each], start) for each in names], on_warning
    )
    try:
        yield sinks
    except Interrupted:
        sinks.close("stopped")
        raise
    except BaseException:
        sinks.close("failed")
        raise
    sinks.close("finished")


def check_sinks(config: Config) -> None:
    """Check that the packages of the configured sinks are installed.

    Raises:
        UsageError: If a package is missing.
    """
    for name in config.train.sinks:
        if name in PACKAGES and importlib.util.find_spec(PACKAGES[name]) is None:
            raise UsageError(
                f"train.sinks: {name} needs the package {PACKAGES[name]}, which is not installed",
                hint=f'pip install "stnctl[{name}]"',
            )
