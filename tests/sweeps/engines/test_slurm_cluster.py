"""Slurm: a sweep on a real cluster of this machine."""

import importlib.util
import json
import shutil
import tempfile
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.sweeps.engines.slurm_cluster import SlurmCluster, missing_programs, wait_until

SWEEP = """
base: tiny.yaml
seeds: 2
set: {train.epochs: 5}
"""
TINY = """
data: {source: digits, train_size: 200}
model:
  transformer: {localization: {filters: [4]}}
  classifier: {filters: [4], units: 8, dropout: 0.2}
train: {batch_size: 8}
"""
ENGINE = "engine: {engine: slurm, minutes: 30, memory_gb: 3}\n"
SWEEP_SECONDS = 1200

if importlib.util.find_spec("submitit") is None or missing_programs():
    pytest.skip("Slurm is not installed: make test-slurm", allow_module_level=True)


@pytest.fixture
def cluster():
    folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))  # names of sockets are short
    cluster = SlurmCluster(folder)
    yield cluster
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stnctl(tmp_path):
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (tmp_path / "local.yaml").write_text(f"name: s\n{SWEEP}", encoding="utf-8")
    (tmp_path / "slurm.yaml").write_text(f"name: s\n{SWEEP}{ENGINE}", encoding="utf-8")
    return Command(tmp_path)


def states(runs_dir):
    """Return the name of each run -> the state of its last checkpoint."""
    return {
        path.name: max(path.glob("checkpoints/*/state.npz")).read_bytes()
        for path in runs_dir.glob("s-s*")
    }


@pytest.mark.slow
@pytest.mark.timeout(SWEEP_SECONDS)
def test_sweep_with_a_requeued_and_a_cancelled_job(stnctl, cluster):
    """A requeued job continues its cell, and a cancelled one is submitted again, once."""
    local = stnctl.start("sweep", "local.yaml", "--runs-dir", "local", "--jobs", "2")
    _, errors = local.communicate(timeout=SWEEP_SECONDS)
    assert local.returncode == 0, errors
    runs_dir = stnctl.folder / "slurm"

    def run(*arguments):
        done = stnctl("sweep", *arguments, "--runs-dir", "slurm", **cluster.environment)
        assert done.returncode == 0, done.stderr
        return done

    def jobs():
        return json.loads(run("status", "s", "--json").stdout)["jobs"]

    def has_epoch(cell):
        path = runs_dir / cell / "metrics.jsonl"
        return path.exists() and path.read_bytes().count(b"\n") >= 1

    assert "array" in run("slurm.yaml").stderr
    first = jobs()
    assert {job["state"] for job in first.values()} <= {"pending", "running"}
    requeued, cancelled = first["s-s0"]["job"], first["s-s1"]["job"]
    assert requeued.endswith("_0")
    assert cancelled.endswith("_1")
    run("slurm.yaml")
    assert {cell: job["job"] for cell, job in jobs().items()} == {
        "s-s0": requeued,
        "s-s1": cancelled,
    }

    wait_until(lambda: has_epoch("s-s0"), SWEEP_SECONDS)
    cluster.run("scancel", "--signal=USR2", requeued)
    wait_until(lambda: jobs()["s-s0"]["state"] == "pending", SWEEP_SECONDS)
    cluster.run("scancel", cancelled)
    wait_until(lambda: jobs()["s-s1"]["state"] == "failed", SWEEP_SECONDS)
    run("slurm.yaml")
    again = jobs()
    assert again["s-s0"]["job"] == requeued
    assert again["s-s1"]["job"] != cancelled

    cluster.run("scontrol", "update", f"JobId={requeued}", "StartTime=now")
    wait_until(lambda: {job["state"] for job in jobs().values()} == {"ended"}, SWEEP_SECONDS)
    log = (stnctl.folder / again["s-s0"]["log"]).read_text(encoding="utf-8")
    assert "Caught signal SIGUSR2" in log
    assert states(runs_dir) == states(stnctl.folder / "local")
    assert run("slurm.yaml").returncode == 0
