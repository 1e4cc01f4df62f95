"""Runs of cells without a training, and an engine that makes them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from stnctl.config.dump import config_bytes
from stnctl.config.schema import Config
from stnctl.runs.config_record import CONFIG, config_record
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import append_metrics
from stnctl.runs.provenance import DataRecord, first_record, record_event
from stnctl.storage.checksummed_json import checksummed_bytes
from stnctl.storage.json_files import write_json
from stnctl.sweeps.cell_task import CellEnd, CellTask
from stnctl.sweeps.engines.events import CellEpoch, CellStarted, Event

EPOCH = {"epoch": 1, "step": 10, "loss": 0.5, "accuracy": 0.5, "seconds": 2.0}


def make_run(
    path: Path, config: Config, *, accuracy: float = 0.9, event: str = "end", test: bool = True
) -> RunDirectory:
    """Make a run of one epoch, without a checkpoint."""
    run = RunDirectory(path)
    run.checkpoints.mkdir(parents=True)
    run.config.write_bytes(config_bytes(config))
    data = DataRecord("digits", "00")
    record = first_record(
        run.name,
        argv=[],
        seed=config.seed,
        data=data,
        environment={},
        further={CONFIG: config_record(config)},
    )
    write_json(run.run, record)
    append_metrics(run, {"epoch": 1, "step": 10, "loss": 0.5}, {"step": 10, "seconds": 2.0})
    best = {"schema_version": 1, "step": 10, "epoch": 1, "loss": 1 - accuracy}
    best["accuracy"] = accuracy
    (run.checkpoints / "best.json").write_bytes(checksummed_bytes(best))
    if event != "start":
        record_event(run, event)
    if test:
        measure(run, accuracy)
    return run


def measure(run: RunDirectory, accuracy: float) -> None:
    """Write the result of a run on the test images."""
    run.eval.mkdir(exist_ok=True)
    percent = 100 * (1 - accuracy)
    report = {"checkpoint": "best", "epoch": 1, "data_sha256": "00", "error_percent": percent}
    write_json(run.eval / "test.json", report)


class FakeEngine:
    """Engine that makes runs in its own process, with accuracies of a function of the config.

    Attributes:
        trained: Names of the cells that it has trained, in order.
        fail: Names of cells that fail.
        stop_after: Number of cells after which the process is killed, as far as a caller can see.
    """

    def __init__(
        self,
        accuracy: Callable[[Config], float] = lambda _config: 0.9,
        *,
        fail: tuple[str, ...] = (),
        stop_after: int | None = None,
    ) -> None:
        self.accuracy = accuracy
        self.fail = fail
        self.stop_after = stop_after
        self.trained: list[str] = []

    def train(
        self,
        tasks: Iterator[CellTask],
        on_event: Callable[[Event], bool],
        should_stop: Callable[[], bool],
    ) -> None:
        """Train cells, one after another."""
        for task in tasks:
            if should_stop():
                return
            if len(self.trained) == self.stop_after:
                raise KeyboardInterrupt
            self.trained.append(task.cell)
            on_event(CellStarted(task.cell))
            on_event(self._end(task, on_event))

    def _end(self, task: CellTask, on_event: Callable[[Event], bool]) -> CellEnd:
        if task.cell in self.fail:
            return CellEnd(task.cell, "failed", "no memory", 4)
        config = Config.model_validate_json(task.config)
        accuracy = self.accuracy(config)
        results = {"validation_accuracy": accuracy, "validation_loss": 1 - accuracy}
        must_stop = on_event(CellEpoch(task.cell, 1, EPOCH | results))
        path = Path(task.runs_dir) / task.run
        if not path.exists():
            make_run(path, config, accuracy=accuracy, event="interrupted" if must_stop else "end")
        end = CellEnd(task.cell, "finished")
        return replace(end, outcome="interrupted") if must_stop else end
