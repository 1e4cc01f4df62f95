"""Clocks, locales, names, links, pipes, and a changed environment or config on resume."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from stnctl.runs.checkpoint_paths import checkpoint_folder, checkpoint_steps
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from tests.cli.fork_server import fork_server
from tests.faults.audited_child import AuditedChild
from tests.faults.chaos import file_digests

NAMES = ["a b {x} %s 'q'", "-dash", os.fsdecode(b"\xff"), "ħ \U0001f600"]
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
NOTEBOOK = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
"""A backend that a notebook sets, and that is not installed here."""
WARP = ("--theta", "1 0 0 0 1 0")


def write_image(path):
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(path, "png")
    return path


# clocks


JUMP = """
import time

real, shift = time.time, (2099 - 2026) * 365.25 * 86400
time.time = lambda: real() + shift
"""


def test_resume_under_another_clock(stnctl, interrupted_run, finished_run):
    """The newest checkpoint is that of the last step; file times do not count."""
    run = stnctl.copy(interrupted_run)
    newest = max(checkpoint_steps(run))
    os.utime(checkpoint_folder(run, newest), (0, 0))
    done = fork_server().run(("train", "--resume", "x", "--strict"), stnctl.folder, prelude=JUMP)
    assert done.returncode == 0, done.stderr
    assert file_digests(run) == file_digests(finished_run)


# locales and names


@pytest.fixture(scope="module")
def odd_child():
    """A child like `warm_child`, with an ASCII locale and a backend of figures that is missing."""
    child = AuditedChild(fresh=True, **ASCII, **NOTEBOOK)
    yield child
    child.close()


@pytest.mark.parametrize("name", NAMES[:3])
def test_names_of_folders(stnctl, finished_run, odd_child, name):
    (stnctl.folder / name).mkdir()
    runs = os.path.join(name, "runs")  # noqa: PTH118
    stnctl.copy(finished_run).path.parent.rename(stnctl.folder / runs)
    for arguments in (("eval", "x", f"--runs-dir={runs}"), ("train", "--resume", f"./{runs}/x")):
        done = odd_child(stnctl.folder, *arguments)
        assert done.code == 0, done.stderr


@pytest.mark.parametrize("name", [r"$\frac{1}{0$", os.fsdecode(b"\xff")], ids=ascii)
def test_names_of_runs_in_figures(stnctl, finished_run, odd_child, name):
    run = stnctl.copy(finished_run, name)
    for options in ((), ("--sweep", "rotation=0")):
        done = odd_child(stnctl.folder, "eval", f"runs/{name}", *options)
        assert done.code == 0, done.stderr
    figures = [path.name for path in run.eval.glob("*.png")]
    assert sorted(figures) == ["sweep-rotation-0.png", "test.png"]


def test_backend_of_a_notebook(stnctl, finished_run, odd_child):
    """The variable MPLBACKEND and a matplotlibrc in the current folder affect no command."""
    stnctl.copy(finished_run)
    (stnctl.folder / "matplotlibrc").write_text("text.usetex: True\n", encoding="utf-8")
    for arguments in (
        ("train", "tiny.yaml", "--name", "y", "--set", "train.checkpoint_every=99 steps"),
        ("eval", "x"),
        ("inspect", "x", "--bad", "1"),
        ("preview", "tiny.yaml"),
        ("warp", "checker", *WARP, "--figure", "f.png"),
    ):
        done = odd_child(stnctl.folder, *arguments)
        assert done.code == 0, done.stderr
        assert [path for path in done.of("open") if path == "'matplotlibrc'"] == []
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_names_of_images(stnctl, name):
    write_image(stnctl.folder / name)
    output = f"{name}.png"
    done = stnctl("warp", *WARP, f"--output={output}", "--", name, **ASCII)
    assert done.returncode == 0, done.stderr
    assert (stnctl.folder / output).exists()


# links


def test_run_that_is_a_link_out_of_runs(stnctl, interrupted_run, tmp_path_factory, warm_child):
    outside = tmp_path_factory.mktemp("outside") / "x"
    stnctl.copy(interrupted_run).path.rename(outside)
    (stnctl.folder / "runs" / "x").symlink_to(outside)
    before = sorted(outside.rglob("*"))
    for arguments in (("train", "--resume", "x"), ("eval", "x")):
        done = warm_child(stnctl.folder, *arguments)
        assert (done.code, done.stdout) == (3, ""), done.stderr
        assert "runs/x" in done.stderr
    assert sorted(outside.rglob("*")) == before


@pytest.mark.parametrize("name", ["model.keras", "checkpoints/last.json", "checkpoints/best.json"])
def test_link_in_place_of_a_file_is_not_followed(stnctl, interrupted_run, warm_child, name):
    run = stnctl.copy(interrupted_run)
    secret = stnctl.folder / "secret"
    target = run.path / name
    if target.exists():
        target.rename(secret)
    else:
        secret.write_bytes(b"secret")
    before = secret.read_bytes()
    target.symlink_to(secret)
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert done.code == 3
    assert f"{name} is a symbolic link" in done.stderr
    assert secret.read_bytes() == before


# pipes


@pytest.mark.parametrize(
    "command", ["train --resume x --json", "schema", "warp nine --theta 1 0 0 0 1 0 --json"]
)
def test_full_stdout(stnctl, finished_run, command):
    """A failed write is an error of the environment, not a bug."""
    stnctl.copy(finished_run)
    write_image(stnctl.folder / "nine")
    line = f"{sys.executable} -m stnctl {command} > /dev/full"
    done = subprocess.run(
        ["bash", "-c", line], cwd=stnctl.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4, done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_reader_that_closes_the_pipe(stnctl, finished_run):
    stnctl.copy(finished_run)
    line = f"set -o pipefail; {sys.executable} -m stnctl train --resume x --json | head -1"
    done = subprocess.run(
        ["bash", "-c", line], cwd=stnctl.folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "{\n"), done.stderr
    assert "Traceback" not in done.stderr


# native code


ABORT = """
import os
from stnctl.models import backend

load = backend._load
backend._load = lambda *arguments: (load(*arguments), os.abort())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the message")
def test_train_aborted_by_native_code(stnctl):
    line = ("train", "tiny.yaml", "--name", "x", "--quiet")
    done = fork_server().run(line, stnctl.folder, prelude=ABORT)
    assert (done.returncode, done.stdout) == (-signal.SIGABRT, "")
    assert done.stderr == (
        "\nerror native code of the backend ended the process; "
        "its messages are at the end of runs/x/train.log\n"
        "hint  check free memory, and the installation of the backend\n"
    )
    log = (stnctl.folder / "runs" / "x" / "train.log").read_text(encoding="utf-8")
    assert "Fatal Python error: Aborted" in log


# changes on resume


@pytest.mark.parametrize(
    "key", ["seed=9", "train.learning_rate=0.5", "train.batch_size=7", "model.classifier.units=9"]
)
def test_resume_rejects_another_config(stnctl, interrupted_run, warm_child, key):
    run = stnctl.copy(interrupted_run)
    config = run.config.read_bytes()
    done = warm_child(stnctl.folder, "train", "--resume", "x", "--set", key)
    assert (done.code, done.stdout) == (2, ""), done.stderr
    assert key.partition("=")[0] in done.stderr
    assert run.config.read_bytes() == config


def test_resume_reports_another_environment(stnctl, interrupted_run, warm_child):
    run = stnctl.copy(interrupted_run)
    record = read_record(run)
    record["environment"]["threads"] = 63
    record["environment"]["packages"]["keras"] = "3.0.0"
    run.run.write_text(json.dumps(record), encoding="utf-8")
    rejected = warm_child(stnctl.folder, "train", "--resume", "x", "--strict")
    assert (rejected.code, rejected.stdout) == (2, "")
    assert "not bit-exact: " in rejected.stderr
    assert checkpoint_steps(run) == checkpoint_steps(interrupted_run)
    done = warm_child(stnctl.folder, "train", "--resume", "x")
    assert done.code == 0, done.stderr
    assert "threads 63 -> " in done.stderr
    assert "keras 3.0.0 -> " in done.stderr


def test_resume_reports_another_flag(stnctl, interrupted_run):
    """With --strict, it stops before it changes a file."""
    run = stnctl.copy(interrupted_run)
    before = {path: path.read_bytes() for path in (run.config, run.run, run.metrics)}
    change = ("--set", "train.epochs=9")
    done = stnctl("train", "--resume", "x", "--strict", *change, TF_ENABLE_ONEDNN_OPTS="0")
    assert (done.returncode, done.stdout) == (2, "")
    assert "not bit-exact: TF_ENABLE_ONEDNN_OPTS none -> 0" in done.stderr
    assert {path: path.read_bytes() for path in before} == before
    assert not RunDirectory(stnctl.folder / "runs" / "x").model.exists()
