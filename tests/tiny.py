"""Tiny training: two epochs of 60 images, in three steps each."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stnctl.config.load import parse_config
from stnctl.models.job import Job, load_job
from stnctl.runs.directory import RunDirectory
from stnctl.training.callbacks import EpochMetrics
from stnctl.training.setup import create_run
from tests.data.synthetic import write_npz

SIDE, BATCH_SIZE, NUM_TRAIN, NUM_STEPS = 12, 20, 60, 3

CONFIG = f"""
model:
  transformer:
    localization: {{filters: [4]}}
  classifier: {{filters: [4], units: 8, dropout: 0.3}}
train: {{epochs: 2, batch_size: {BATCH_SIZE}, learning_rate: 0.01}}
"""


def make_job(folder: Path, *overrides: str) -> Job:
    """Return a job on data in ``folder``; ``overrides`` are ``key=value``."""
    path = folder / "tiny.npz"
    if not path.exists():
        write_npz(path, train=66, side=SIDE)
    overrides = (f"data.source={path}", *overrides)
    return load_job(parse_config(CONFIG, where="tiny", overrides=overrides))


def make_run(job: Job, folder: Path, name: str = "x") -> RunDirectory:
    """Return a new run of ``job`` in ``folder``, without checkpoints."""
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    with create_run(
        job, runs_dir=folder / "runs", name=name, stem="tiny", argv=["train", "x.yaml"], now=now
    ) as run:
        return run


class RecordingCallback:
    """Callback that records its calls, and stops at steps counted from 1 over all epochs."""

    def __init__(self, *, step: int = 0, stop_at: Iterable[int] = ()) -> None:
        self.step = step
        self.stop_at = set(stop_at)
        self.starts: list[tuple[int, int, int]] = []
        self.means: list[tuple[float, float]] = []
        self.ends: list[tuple[EpochMetrics, bool]] = []

    def on_epoch_start(self, epoch: int, step: int, num_steps: int) -> None:
        self.starts.append((epoch, step, num_steps))

    def on_step(self, loss: float, accuracy: float) -> None:
        self.step += 1
        self.means.append((loss, accuracy))

    def on_epoch_end(self, row: EpochMetrics, *, best: bool) -> None:
        self.ends.append((row, best))

    def should_stop(self) -> bool:
        return self.step in self.stop_at


def without_times(state: dict[str, Any]) -> dict[str, Any]:
    """Return the items of a `LoopState` that are equal in equal runs: all but seconds."""
    return {key: value for key, value in state.items() if key != "seconds"}
