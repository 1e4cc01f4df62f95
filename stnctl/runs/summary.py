"""Summary of a run from its plain files, in a fraction of a millisecond and without NumPy."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from stnctl.config.labels import data_name, distortion_name, network_name
from stnctl.errors import StnctlError
from stnctl.runs import summary_files as files
from stnctl.runs.activity import State, started_at, state_of, touched_at
from stnctl.runs.alignment_record import PartNumbers, alignment_of
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lookup import list_folders
from stnctl.runs.provenance import read_record

T = TypeVar("T")

_NO_DISTORTION = "none"


@dataclass(frozen=True)
class RunSummary:
    """Summary of a run. A value that is unknown is None; a text is then empty.

    Shares, such as accuracies, are 0 to 1. All values are those of the files of the run, which may
    be untrusted: texts can contain any characters.

    Attributes:
        name: Name of the run.
        path: Its folder.
        state: Its state.
        problem: Reason why the run is broken, or None.
        started: Time of its start.
        touched: Time of its last event or checkpoint, see `touched_at`.
        data: Training data: its name or file name, and the distortion if there is one.
        data_sha256: SHA-256 (hex) of the training data.
        network: Parts of the network, such as "affine + article".
        parameters: Number of parameters of the network, trained or not.
        multiply_adds: Number of multiply-adds of the network for one image.
        epochs: Number of finished epochs.
        planned_epochs: Number of epochs in the configuration.
        best_epoch: The epoch of the best checkpoint, from 1.
        validation_accuracy: Accuracy of the best checkpoint on the validation images.
        validation_loss: Its cross-entropy on them, in nats.
        loss: Training loss of the last epoch.
        test_error: Share of wrong predictions of the best checkpoint on the test images, if it was
            measured by `stnctl eval`.
        test_loss: Its cross-entropy on them, in nats.
        alignment: Alignment of its first transformer on them, see `alignment_of`.
        epoch_seconds: Median duration of an epoch.
        seed: The seed of the run.
        version: The version of stnctl that started the run.
        config: The configuration as plain data, see `read_stored`; {} if it can't be read.
    """

    name: str
    path: Path
    state: State
    problem: str | None = None
    started: datetime | None = None
    touched: datetime | None = None
    data: str = ""
    data_sha256: str = ""
    network: str = ""
    parameters: int | None = None
    multiply_adds: int | None = None
    epochs: int = 0
    planned_epochs: int | None = None
    best_epoch: int | None = None
    validation_accuracy: float | None = None
    validation_loss: float | None = None
    loss: float | None = None
    test_error: float | None = None
    test_loss: float | None = None
    alignment: PartNumbers = field(default_factory=dict, repr=False)
    epoch_seconds: float | None = None
    seed: int | None = None
    version: str = ""
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)


def summarize(run: RunDirectory) -> RunSummary:
    """Return the summary of a run, or of a folder with only some files of a run.

    The values of a file that can't be read are unknown, and the state is then "broken".
    """
    problems: list[str] = []
    nothing: dict[str, Any] = {}

    def attempt(read: Callable[[], T], default: T) -> T:
        try:
            return read()
        except (StnctlError, OSError) as error:
            problems.append(str(error))
            return default

    record = attempt(lambda: read_record(run), nothing)
    config = attempt(lambda: files.configuration(run), nothing)
    best = attempt(lambda: files.best_epoch(run), nothing)
    metrics = attempt(lambda: files.last_metrics(run), nothing)
    test = attempt(lambda: files.test_report(run, record, best), nothing)
    epoch_seconds = attempt(lambda: files.median_seconds(run), None)
    test_error = files.number(test.get("error_percent"))
    return RunSummary(
        name=run.name,
        path=run.path,
        state="broken" if problems else state_of(run, record),
        problem=problems[0] if problems else None,
        started=started_at(record) if record else None,
        touched=touched_at(run, record) if record else None,
        data=_data_label(record, config),
        data_sha256=_text(_section(record, "data").get("sha256")),
        network=network_name(config["model"]) if "model" in config else "",
        parameters=files.num_parameters(run, record, best),
        multiply_adds=files.count(_section(record, files.NETWORK).get("multiply_adds")),
        epochs=files.count(metrics.get("epoch")) or 0,
        planned_epochs=files.count(_section(config, "train").get("epochs")),
        best_epoch=files.count(best.get("epoch")),
        validation_accuracy=files.share(best.get("accuracy")),
        validation_loss=files.number(best.get("loss")),
        loss=files.number(metrics.get("loss")),
        test_error=None if test_error is None else files.share(test_error / 100),
        test_loss=files.number(test.get("loss")),
        alignment=alignment_of(test),
        epoch_seconds=epoch_seconds,
        seed=files.count(record.get("seed")),
        version=_text(_section(record, "environment").get("stnctl")),
        config=config,
    )


def summarize_runs(runs_dir: Path) -> list[RunSummary]:
    """Return the summaries of the runs in a folder, also of incomplete ones, sorted by name.

    Links are skipped.

    Raises:
        EnvironmentFault: If there is no permission to read ``runs_dir``.
    """
    return [
        summarize(run)
        for run in list_folders(runs_dir)
        if not run.path.is_symlink() and (os.path.lexists(run.config) or os.path.lexists(run.run))
    ]


def _data_label(record: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """Return the name or file name of the data, and the distortion if there is one."""
    source = data_name(_text(_section(record, "data").get("source")))
    distortion = distortion_name(_section(config, "data").get("distortion", _NO_DISTORTION))
    return source if distortion == _NO_DISTORTION else f"{source} {distortion}"


def _section(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    section = data.get(key)
    return section if isinstance(section, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
