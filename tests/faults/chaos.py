"""Kills trainings at random moments, resumes them, and compares what they leave."""

import hashlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from stnctl.runs import RunDirectory, committed_steps, read_pointer, read_rows

CONFIG = """
data: {source: digits, distortion: RTS}
model:
  transformer:
    localization: {filters: [8, 8], activation: relu, head: bounded}
  classifier: {filters: [8, 8], units: 32, units_activation: relu, dropout: 0.3}
train:
  learning_rate: 0.003
  schedule: cosine
  ema: 0.9
  checkpoint_every: 4 steps
"""
"""All that a resumed training must not lose: dropout, distortions, a schedule, an average, and
what patience counts."""

SECONDS_TO_START = 60.0


@dataclass(frozen=True)
class Kill:
    """One SIGKILL.

    Attributes:
        seconds: After the start of the command.
        step: Of the newest commit that it left; 0 if there is none.
        where: "start" if nothing was committed since the command began, "commit" if one was being
            written, "row" if an epoch's row was written and its commit was not, else "steps".
    """

    seconds: float
    step: int
    where: str


class Process(Protocol):
    """A command that runs, as in `subprocess`."""

    returncode: int | None

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""

    def kill(self) -> None:
        """Send SIGKILL."""

    def communicate(self, timeout: float) -> tuple[Any, Any]:
        """Wait for its end, and return what it printed."""


def start_process(arguments: Sequence[str]) -> Process:
    """Start the command as anybody would."""
    return subprocess.Popen(
        [sys.executable, "-m", "stnctl", *arguments],
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
    """Start a training in ``run``, or go on with it, by the command line."""
    place = ("--runs-dir", str(run.path.parent))
    if run.is_run:
        arguments = ("--resume", run.name, "--strict", *place)
    else:
        changes = (part for override in overrides for part in ("--set", override))
        arguments = (str(config), "--name", run.name, *place, *changes)
    return start(("train", "--quiet", *arguments))


def finish(process: Process) -> None:
    """Wait until a training has ended well."""
    _, stderr = process.communicate(timeout=600)
    assert process.returncode == 0, stderr


def kill(process: Process, run: RunDirectory, draw: random.Random) -> Kill | None:
    """Kill a training some time after its first commit, or while it starts; None if it ends first.

    Args:
        process: The training.
        run: Where it trains.
        draw: Draws the moment: one kill in ten comes while the command starts, the others up to
            a second after it has committed for the first time, and of these each third a moment
            after it has begun to write another commit.
    """
    began, before = time.monotonic(), newest(run)
    if draw.random() < 0.1:
        time.sleep(draw.uniform(0.0, 5.0))
    else:
        _wait(process, lambda: newest(run) > before)
        time.sleep(draw.uniform(0.0, 1.0))
        if draw.random() < 1 / 3:
            _wait(process, lambda: _is_writing(run))
            time.sleep(draw.uniform(0.0, 0.01))
    process.kill()
    process.communicate(timeout=SECONDS_TO_START)
    if process.returncode != -signal.SIGKILL:
        assert process.returncode == 0
        return None
    return Kill(time.monotonic() - began, newest(run), _where(run, before))


def newest(run: RunDirectory) -> int:
    """Return the step of the newest commit, 0 if there is none."""
    return max(committed_steps(run), default=0)


def outcome(run: RunDirectory) -> dict[str, str]:
    """Return the sha256 of each file that must not depend on interruptions."""
    files = [run.metrics, run.checkpoints / "last.json", run.checkpoints / "best.json"]
    for pointer in ("last", "best"):
        folder = run.checkpoints / f"step-{read_pointer(run, pointer)['step']:08d}"
        files += [folder / "state.npz", folder / "meta.json"]
    return {
        str(file.relative_to(run.path)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def _wait(process: Process, happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not happens() and process.poll() is None:
        assert time.monotonic() < deadline, "the training commits nothing"
        time.sleep(0.0005)


def _is_writing(run: RunDirectory) -> bool:
    return any(run.checkpoints.glob(".tmp-*"))


def _where(run: RunDirectory, before: int) -> str:
    if _is_writing(run):
        return "commit"
    rows = read_rows(run) if run.is_run else []
    if rows and rows[-1]["step"] > newest(run):
        return "row"
    return "steps" if newest(run) > before else "start"
