"""``stnctl sweep`` in a real process, with real workers."""

import json
import shutil
from pathlib import Path

import pytest

from stnctl.config.sweep_load import load_sweep
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from stnctl.sweeps.session import open_session
from tests.cli.in_process import outcome
from tests.faults.chaos import file_digests
from tests.sweeps.fake_runs import make_run

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


def test_results_of_another_machine(tmp_path, monkeypatch):
    """The cells of the file are not trained, and are in the table of the sweep."""
    monkeypatch.chdir(tmp_path)
    Path("find.yaml").write_text("base: demo\nseeds: 2", encoding="utf-8")
    there, here, written = tmp_path / "there", tmp_path / "here", tmp_path / "there.json"
    for seed, cell in enumerate(open_session(load_sweep([Path("find.yaml")]), there).cells):
        make_run(there / cell.name, cell.config, accuracy=0.75 + seed / 8)
    assert outcome("sweep", "find.yaml", "--runs-dir", there, "--quiet")[0] == 0
    written.write_text(outcome("table", "find", "--runs-dir", there, "--json")[1], encoding="utf-8")

    again = ("sweep", "find.yaml", "--runs-dir", here, "--results", written)
    code, stdout, stderr = outcome(*again, "--dry-run", "--json")
    assert code == 0, stderr
    assert [cell["state"] for cell in json.loads(stdout)["cells"]] == ["imported", "imported"]
    assert not here.exists()
    code, stdout, stderr = outcome(*again)
    assert code == 0, stderr
    assert "sweep find: 2 cells, 0 to train, 2 done" in stderr
    assert "81.25 ± 8.84" in stdout
    assert "2 cells trained elsewhere: imported results, without a run here" in stdout
    assert [path.name for path in here.iterdir()] == ["sweeps"]

    code, _, stderr = outcome("sweep", "find.yaml", "--results", "find.yaml", "--dry-run")
    assert (code, "find.yaml is not valid JSON" in stderr) == (3, True)


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
