"""Clocks, languages, names, links, pipes, and an environment that is not what it was."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from stnctl.runs.checkpoint_paths import checkpoint_folder, checkpoint_steps
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from tests.cli.forks import forks
from tests.faults.chaos import outcome
from tests.faults.watched import Watched

NAMES = ["a b {x} %s 'q'", "-dash", os.fsdecode(b"\xff"), "ħ \U0001f600"]
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
WARP = ("--theta", "1 0 0 0 1 0")


def picture(path):
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(path, "png")
    return path


# clocks


JUMP = """
import time

real, shift = time.time, (2099 - 2026) * 365.25 * 86400
time.time = lambda: real() + shift
"""


def test_resume_under_another_clock(folder, cut, whole):
    """The newest commit is the one of the last step, whatever the times of files say."""
    run = folder.copy(cut)
    newest = max(checkpoint_steps(run))
    os.utime(checkpoint_folder(run, newest), (0, 0))
    done = forks().run(("train", "--resume", "x", "--strict"), folder.folder, prelude=JUMP)
    assert done.returncode == 0, done.stderr
    assert outcome(run) == outcome(whole)


# languages and names


@pytest.fixture(scope="module")
def plain():
    """A child like `warm`, under a locale that knows ASCII only."""
    child = Watched(fresh=True, **PLAIN)
    yield child
    child.close()


@pytest.mark.parametrize("name", NAMES[:3])
def test_names_of_folders(folder, whole, plain, name):
    (folder.folder / name).mkdir()
    runs = os.path.join(name, "runs")  # noqa: PTH118
    folder.copy(whole).path.parent.rename(folder.folder / runs)
    for arguments in (("eval", "x", f"--runs-dir={runs}"), ("train", "--resume", f"./{runs}/x")):
        done = plain(folder.folder, *arguments)
        assert done.code == 0, done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_names_of_images(folder, name):
    picture(folder.folder / name)
    output = f"{name}.png"
    done = folder("warp", *WARP, f"--output={output}", "--", name, **PLAIN)
    assert done.returncode == 0, done.stderr
    assert (folder.folder / output).exists()


# links


def test_run_that_is_a_link_out_of_its_folder(folder, cut, tmp_path_factory, warm):
    outside = tmp_path_factory.mktemp("outside") / "x"
    folder.copy(cut).path.rename(outside)
    (folder.folder / "runs" / "x").symlink_to(outside)
    before = sorted(outside.rglob("*"))
    for arguments in (("train", "--resume", "x"), ("eval", "x")):
        done = warm(folder.folder, *arguments)
        assert (done.code, done.stdout) == (3, ""), done.stderr
        assert "runs/x" in done.stderr
    assert sorted(outside.rglob("*")) == before


@pytest.mark.parametrize("name", ["model.keras", "checkpoints/last.json", "checkpoints/best.json"])
def test_link_at_a_target_is_never_written_through(folder, cut, warm, name):
    run = folder.copy(cut)
    secret = folder.folder / "secret"
    target = run.path / name
    if target.exists():
        target.rename(secret)
    else:
        secret.write_bytes(b"secret")
    before = secret.read_bytes()
    target.symlink_to(secret)
    done = warm(folder.folder, "train", "--resume", "x")
    assert done.code == 3
    assert f"{name} is a symbolic link" in done.stderr
    assert secret.read_bytes() == before


# pipes


@pytest.mark.parametrize(
    "command", ["train --resume x --json", "schema", "warp nine --theta 1 0 0 0 1 0 --json"]
)
def test_full_stdout(folder, whole, command):
    """What can't be written is a fault of the environment, not a bug."""
    folder.copy(whole)
    picture(folder.folder / "nine")
    line = f"{sys.executable} -m stnctl {command} > /dev/full"
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4, done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_reader_that_leaves(folder, whole):
    folder.copy(whole)
    line = f"set -o pipefail; {sys.executable} -m stnctl train --resume x --json | head -1"
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder.folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "{\n"), done.stderr
    assert "Traceback" not in done.stderr


# what a resume may change


@pytest.mark.parametrize(
    "key", ["seed=9", "train.learning_rate=0.5", "train.batch_size=7", "model.classifier.units=9"]
)
def test_resume_refuses_another_config(folder, cut, warm, key):
    run = folder.copy(cut)
    config = run.config.read_bytes()
    done = warm(folder.folder, "train", "--resume", "x", "--set", key)
    assert (done.code, done.stdout) == (2, ""), done.stderr
    assert key.partition("=")[0] in done.stderr
    assert run.config.read_bytes() == config


def test_resume_tells_of_another_environment(folder, cut, warm):
    run = folder.copy(cut)
    record = read_record(run)
    record["environment"]["threads"] = 63
    record["environment"]["packages"]["keras"] = "3.0.0"
    run.run.write_text(json.dumps(record), encoding="utf-8")
    refused = warm(folder.folder, "train", "--resume", "x", "--strict")
    assert (refused.code, refused.stdout) == (2, "")
    assert "not bit-exact: " in refused.stderr
    assert checkpoint_steps(run) == checkpoint_steps(cut)
    done = warm(folder.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert "threads 63 -> " in done.stderr
    assert "keras 3.0.0 -> " in done.stderr


def test_resume_tells_of_another_flag(folder, cut):
    """It refuses before it changes anything."""
    run = folder.copy(cut)
    before = {path: path.read_bytes() for path in (run.config, run.run, run.metrics)}
    change = ("--set", "train.epochs=9")
    done = folder("train", "--resume", "x", "--strict", *change, TF_ENABLE_ONEDNN_OPTS="0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "not bit-exact: TF_ENABLE_ONEDNN_OPTS none -> 0" in done.stderr
    assert {path: path.read_bytes() for path in before} == before
    assert not RunDirectory(folder.folder / "runs" / "x").model.exists()
