"""``stnctl sweep`` in a real process, with real workers."""

import json
import shutil

import pytest

from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from tests.cli.in_process import outcome
from tests.faults.chaos import file_digests

SWEEP = """
name: find
base: tiny.yaml
seeds: [0, 1]
grid: {train.epochs: [2, 0]}
engine: {engine: local, jobs: 1}
"""


@pytest.fixture
def folder(project, stnctl):
    """Return the folder of the command, with the tiny data and its config."""
    for name in ("tiny.npz", "tiny.yaml"):
        shutil.copy(project / name, stnctl.folder)
    (stnctl.folder / "find.yaml").write_text(SWEEP, encoding="utf-8")
    return stnctl.folder


@pytest.mark.usefixtures("needs_keras")
def test_sweep(stnctl, folder):
    """Two cells are valid and two are not; each is an ordinary run, and is trained once."""
    done = stnctl("sweep", "find.yaml", COLUMNS="200")
    assert done.returncode == 2, done.stderr
    assert "sweep find: 4 cells, 2 to train, 0 done" in done.stderr
    message = "find-epochs-0-s0 and 1 more are not valid: find.yaml:5:26: train.epochs: expected"
    assert message in done.stderr
    assert "finished find-epochs-2-s0  best val. accuracy" in done.stderr
    assert done.stdout.endswith("runs/sweeps/find\n")
    run = RunDirectory(folder / "runs" / "find-epochs-2-s1")
    assert read_record(run)["sweep"] == {"name": "find", "cell": "find-epochs-2-s1"}
    assert json.loads((run.eval / "test.json").read_text(encoding="utf-8"))["split"] == "test"

    alone = stnctl("train", "tiny.yaml", "--seed", "1", "--name", "alone", "--quiet")
    assert alone.returncode == 0, alone.stderr
    assert file_digests(run) == file_digests(RunDirectory(folder / "runs" / "alone"))

    again = stnctl("sweep", "find.yaml", "--set", "train.report=true", "--json")
    assert again.returncode == 2, again.stderr
    assert "sweep find: 4 cells, 0 to train, 2 done" in again.stderr
    document = json.loads(again.stdout)
    assert document["states"] == {"finished": 2, "failed": 2}
    assert document["folder"] == "runs/sweeps/find"

    status = stnctl("sweep", "status", "find", COLUMNS="200")
    assert status.returncode == 0, status.stderr
    assert "find-epochs-2-s0  finished" in status.stdout


def test_dry_run(stnctl, folder):
    done = stnctl("sweep", "find.yaml", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    cells = json.loads(done.stdout)["cells"]
    assert [cell["state"] for cell in cells] == ["new", "new", "broken", "broken"]
    assert cells[0]["parameters"] > 0
    assert cells[0]["seconds"] > 0
    assert not (folder / "runs").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cnn", "--seeds", "x"), "--seeds: expected a number of seeds, or seeds such as 1,2,3"),
        (("cnn", "--grid", "train.epochs"), "--grid train.epochs: expected KEY=A,B, such as"),
        (("cnn", "--grid", "train.epochs=[1"), "--grid train.epochs=[1: "),
        (("cnn", "--grid", "train.epochs=0"), "--grid: train.epochs: expected a whole number"),
        (("cnn", "--set", "seed=3"), "--set: seed is no key to change: use the key seeds of the"),
        (("cnn", "--limit", "soon"), "--limit soon: expected such as `90m` or `3h`"),
        (("cnn", "--engine", "cloud"), "--engine: expected one of local, ray, slurm, got 'cloud'"),
        (("nothing",), "nothing: no such file"),
        (("status", "nothing"), "no sweep 'nothing' in runs"),
    ],
)
def test_errors(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, stdout, stderr = outcome("sweep", *arguments)
    assert code in (2, 3)
    assert message in stderr
    assert stdout == ""
    assert list(tmp_path.iterdir()) == []
