"""Kills trainings at random moments, resumes them, and compares what they leave."""

import hashlib
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

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


def train(config: Path, run: RunDirectory, *overrides: str) -> subprocess.Popen[bytes]:
    """Start a training in ``run``, or go on with it, by the command line."""
    place = ("--runs-dir", str(run.path.parent))
    if run.is_run:
        arguments = ("--resume", run.name, "--strict", *place)
    else:
        changes = (part for override in overrides for part in ("--set", override))
        arguments = (str(config), "--name", run.name, *place, *changes)
    return subprocess.Popen(
        [sys.executable, "-m", "stnctl", "train", "--quiet", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    """Wait until a training has ended well."""
    _, stderr = process.communicate(timeout=600)
    assert process.returncode == 0, stderr.decode(errors="replace")


def kill(process: subprocess.Popen[bytes], run: RunDirectory, draw: random.Random) -> Kill | None:
    """Kill a training some time after its first commit, or while it starts; None if it ends first.

    Args:
        process: The training.
        run: Where it trains.
        draw: Draws the moment: one kill in ten comes while the command starts, the others up to
            a second after it has committed for the first time.
    """
    began, before = time.monotonic(), newest(run)
    if draw.random() < 0.1:
        time.sleep(draw.uniform(0.0, 5.0))
    else:
        _wait_for_commit(process, run, before)
        time.sleep(draw.uniform(0.0, 1.0))
    process.kill()
    process.communicate()
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


def _wait_for_commit(process: subprocess.Popen[bytes], run: RunDirectory, before: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while newest(run) <= before and process.poll() is None:
        assert time.monotonic() < deadline, "the training commits nothing"
        time.sleep(0.005)


def _where(run: RunDirectory, before: int) -> str:
    if list(run.checkpoints.glob(".tmp-*")):
        return "commit"
    rows = read_rows(run) if run.is_run else []
    if rows and rows[-1]["step"] > newest(run):
        return "row"
    return "steps" if newest(run) > before else "start"
