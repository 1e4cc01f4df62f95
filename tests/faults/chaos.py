"""Kills trainings at random moments, resumes them, and compares what they leave."""

import hashlib
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
from stnctl.runs.checkpoint_reader import read_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_metrics

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

MOST_COMMITS = 4
"""Commits of a command before it is killed, at most."""

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
    """Kill a training after some commits, or while it starts; return None if it ends first.

    The moment is counted in files that appear, never in seconds, so that it does not depend on the
    speed of the machine. Within the interval between two commits, it is random.

    Args:
        process: The training.
        run: The run directory.
        draw: Draws the moment. One kill in ten comes before the command commits anything. The
            others come after 1 to `MOST_COMMITS` commits, and a third of these while another
            commit is being written.
    """
    began, before = time.monotonic(), newest(run)
    if draw.random() < 0.1:
        seen = _records(run)
        if draw.random() < 2 / 3:
            _wait(process, lambda: _records(run) != seen)
    else:
        interval = _wait_for_commits(process, run, before, draw.randint(1, MOST_COMMITS))
        if draw.random() < 1 / 3:
            _wait(process, lambda: _is_writing(run))
        else:
            time.sleep(draw.uniform(0.0, interval))
    process.kill()
    process.communicate(timeout=SECONDS_TO_START)
    if process.returncode != -signal.SIGKILL:
        assert process.returncode == 0
        return None
    return Kill(time.monotonic() - began, newest(run), _where(run, before))


def newest(run: RunDirectory) -> int:
    """Return the step of the newest commit, 0 if there is none."""
    return max(checkpoint_steps(run), default=0)


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


def _wait_for_commits(process: Process, run: RunDirectory, before: int, count: int) -> float:
    """Wait for ``count`` commits after step ``before``; return the seconds between the last two."""
    times: list[float] = []
    while len(times) < count and process.poll() is None:
        seen = newest(run) if times else before
        _wait(process, partial(_is_newer, run, seen))
        times.append(time.monotonic())
    return times[-1] - times[-2] if len(times) > 1 else 0.0


def _is_newer(run: RunDirectory, step: int) -> bool:
    return newest(run) > step


def _records(run: RunDirectory) -> list[bytes]:
    """Return the lock and the record, which a command writes before it trains."""
    return [path.read_bytes() for path in (run.lock, run.run) if path.exists()]


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
    rows = read_metrics(run) if run.is_run else []
    if rows and rows[-1]["step"] > newest(run):
        return "row"
    return "steps" if newest(run) > before else "start"
