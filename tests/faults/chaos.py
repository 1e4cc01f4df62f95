"""Trainings killed at random moments and resumed, and digests of the files that must not change."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_metrics
from stnctl.runs.pointers import read_pointer

CONFIG = """
data: {source: digits, distortion: RTS}
model:
  transformer:
    head: bounded
    localization: {filters: [8, 8], activation: relu}
  classifier: {filters: [8, 8], units: 32, units_activation: relu, dropout: 0.3}
train:
  learning_rate: 0.003
  schedule: cosine
  ema: 0.9
  checkpoint_every: 4 steps
"""
"""A training with all state that a resume could lose: dropout, distortions, a learning-rate
schedule, a moving average of the weights, and the epochs counted by `train.patience`."""

MAX_CHECKPOINTS = 4
"""Largest number of checkpoints that a command saves before it is killed."""

SECONDS_TO_START = 60.0


@dataclass(frozen=True)
class Kill:
    """One SIGKILL.

    Attributes:
        seconds: Time from the start of the command to the kill.
        step: Step of the newest checkpoint after the kill; 0 without a checkpoint.
        where: "start" before the first checkpoint of the command, "checkpoint" while a checkpoint
            is saved, "row" between an epoch's row of metrics and its checkpoint, otherwise "steps".
    """

    seconds: float
    step: int
    where: str


class Process(Protocol):
    """A running command, with methods of `subprocess.Popen`."""

    returncode: int | None

    def poll(self) -> int | None:
        """Return the exit code, or None while the command runs."""

    def kill(self) -> None:
        """Send SIGKILL."""

    def communicate(self, *, timeout: float) -> tuple[Any, Any]:
        """Wait until the command ends; return its stdout and stderr."""


def start_process(arguments: Sequence[str], *, backend: str = "tensorflow") -> Process:
    """Start stnctl in a new Python process, on a Keras backend."""
    return subprocess.Popen(
        [sys.executable, "-m", "stnctl", *arguments],
        env=os.environ | {"KERAS_BACKEND": backend},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def train(
    config: Path,
    run: RunDirectory,
    *overrides: str,
    start: Callable[[Sequence[str]], Process] = start_process,
) -> Process:
    """Start `stnctl train` in ``run``, or `stnctl train --resume` if the run exists."""
    runs_dir = ("--runs-dir", str(run.path.parent))
    if run.is_run:
        arguments: tuple[str, ...] = ("--resume", run.name, "--strict", *runs_dir)
    else:
        changes = (part for override in overrides for part in ("--set", override))
        arguments = (str(config), "--name", run.name, *runs_dir, *changes)
    return start(("train", "--quiet", *arguments))


def finish(process: Process) -> None:
    """Wait until a training ends, and assert that its exit code is 0."""
    _, stderr = process.communicate(timeout=1800)
    assert process.returncode == 0, stderr


def kill_at_random(process: Process, run: RunDirectory, rng: random.Random) -> Kill | None:
    """Kill a training after some checkpoints, or while it starts; return None if it ends first.

    The moment is counted in new files, not in seconds, so it does not depend on the speed of the
    machine. Within the interval between two checkpoints, it is random.

    Args:
        process: The training.
        run: The run directory.
        rng: Random generator of the moment. One kill in ten is before the first checkpoint of the
            command. The others follow 1 to `MAX_CHECKPOINTS` checkpoints, and a third of these are
            while the next checkpoint is saved.
    """
    began, before = time.monotonic(), newest(run)
    if rng.random() < 0.1:
        seen = _start_files(run)
        if rng.random() < 2 / 3:
            _wait(process, lambda: _start_files(run) != seen)
    else:
        interval = _wait_for_checkpoints(process, run, before, rng.randint(1, MAX_CHECKPOINTS))
        if rng.random() < 1 / 3:
            _wait(process, lambda: _is_writing(run))
        else:
            time.sleep(rng.uniform(0.0, interval))
    process.kill()
    process.communicate(timeout=SECONDS_TO_START)
    if process.returncode != -signal.SIGKILL:
        assert process.returncode == 0
        return None
    return Kill(time.monotonic() - began, newest(run), _where(run, before))


def newest(run: RunDirectory) -> int:
    """Return the step of the newest checkpoint; 0 without a checkpoint."""
    return max(checkpoint_steps(run), default=0)


def file_digests(run: RunDirectory) -> dict[str, str]:
    """Return the sha256 of each file that must not depend on interruptions, by its name."""
    files = [run.metrics, run.checkpoints / "last.json", run.checkpoints / "best.json"]
    for pointer in ("last", "best"):
        folder = run.checkpoints / f"step-{read_pointer(run, pointer)['step']:08d}"
        files += [folder / "state.npz", folder / "meta.json"]
    return {
        str(file.relative_to(run.path)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def _wait_for_checkpoints(process: Process, run: RunDirectory, before: int, count: int) -> float:
    """Wait for ``count`` checkpoints after step ``before``.

    Returns:
        Seconds between the last two of them; 0 if there are fewer.
    """
    times: list[float] = []
    while len(times) < count and process.poll() is None:
        seen = newest(run) if times else before
        _wait(process, partial(_is_newer, run, seen))
        times.append(time.monotonic())
    return times[-1] - times[-2] if len(times) > 1 else 0.0


def _is_newer(run: RunDirectory, step: int) -> bool:
    return newest(run) > step


def _start_files(run: RunDirectory) -> list[bytes]:
    """Return the lock and run.json, which a command writes before it trains."""
    return [path.read_bytes() for path in (run.lock, run.run) if path.exists()]


def _wait(process: Process, happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not happens() and process.poll() is None:
        assert time.monotonic() < deadline, "the training saves no checkpoint"
        time.sleep(0.0005)


def _is_writing(run: RunDirectory) -> bool:
    return any(run.checkpoints.glob(".tmp-*"))


def _where(run: RunDirectory, before: int) -> str:
    """Return `Kill.where` of a command that started at the checkpoint of step ``before``."""
    if _is_writing(run):
        return "checkpoint"
    rows = read_metrics(run) if run.is_run else []
    if rows and rows[-1]["step"] > newest(run):
        return "row"
    return "steps" if newest(run) > before else "start"
