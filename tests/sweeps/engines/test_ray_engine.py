"""Ray: a cluster whose processes are killed, and a Ray of this machine."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from stnctl.config.engines import Ray
from stnctl.errors import EnvironmentFault
from stnctl.runs.directory import RunDirectory
from stnctl.sweeps.cell_task import CellTask
from stnctl.sweeps.engines import ray_engine
from stnctl.sweeps.engines.ray_engine import RayEngine
from tests.cli.conftest import Command
from tests.sweeps.engines.ray_nodes import (
    ENVIRONMENT,
    HOST,
    Cluster,
    children,
    free_port,
    wait_until,
)

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="ray is not installed: make test-ray"
)
EPOCHS = 5
SWEEP = f"""
base: tiny.yaml
seeds: 4
set: {{train.epochs: {EPOCHS}}}
grid: {{train.learning_rate: [0.01, 0.003]}}
"""
TINY = """
data: {source: digits, train_size: 200}
model:
  transformer: {localization: {filters: [4]}}
  classifier: {filters: [4], units: 8, dropout: 0.2}
train: {batch_size: 8}
"""
SWEEP_SECONDS = 1200


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "rates.yaml").write_text(SWEEP, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def expected(folder):
    """States of the cells, trained without interruption by the local engine."""
    sweep = Command(folder).start("sweep", "rates.yaml", "--runs-dir", "local", "--jobs", "2")
    _, errors = sweep.communicate(timeout=SWEEP_SECONDS)
    assert sweep.returncode == 0, errors
    return states(folder / "local")


@pytest.fixture
def cluster():
    folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))  # names of sockets are short
    cluster = Cluster(folder)
    yield cluster
    cluster.stop()
    shutil.rmtree(folder, ignore_errors=True)


def states(runs_dir: Path) -> dict[str, bytes]:
    """Return the name of each run -> the state of its last checkpoint."""
    return {
        path.name: max(path.glob("checkpoints/*/state.npz")).read_bytes()
        for path in runs_dir.iterdir()
        if path.name != "sweeps"
    }


def trained_by(runs_dir: Path, workers: list[int]) -> str | None:
    """Return a run that one of these processes trains, after its first epoch and before its end."""
    for path in runs_dir.glob("*/.lock"):
        holder = path.read_text(encoding="utf-8").split()
        run = RunDirectory(path.parent)
        if holder and int(holder[0]) in workers and 1 <= num_epochs(run) < EPOCHS - 1:
            return run.name
    return None


def has_epoch(runs_dir: Path) -> bool:
    """Return whether a run has an epoch, and no run has all."""
    counts = [num_epochs(RunDirectory(path)) for path in runs_dir.glob("*-s0")]
    return any(counts) and max(counts) < EPOCHS - 1


def start(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """Start a sweep in a process group of its own, as a shell does; its stderr is `sweep.log`."""
    with (folder / "sweep.log").open("w", encoding="utf-8") as log:
        return subprocess.Popen(
            Command(folder).line("sweep", *arguments),
            cwd=folder,
            env=Command(folder).environment(**ENVIRONMENT),
            stdout=subprocess.DEVNULL,
            stderr=log,
            process_group=0,
        )


def num_epochs(run: RunDirectory) -> int:
    return run.metrics.read_bytes().count(b"\n") if run.metrics.exists() else 0


@needs_ray
@pytest.mark.slow
@pytest.mark.timeout(SWEEP_SECONDS)
def test_cluster_with_a_killed_worker_and_a_killed_node(folder, expected, cluster):
    """Eight cells end with the bits of trainings without interruption."""
    (folder / "ray.yaml").write_text(
        f"name: rates\n{SWEEP}engine: {{engine: ray, address: '{cluster.address}'}}\n",
        encoding="utf-8",
    )
    runs_dir = folder / "ray"
    head, node = cluster.nodes
    sweep = start(folder, "ray.yaml", "--runs-dir", "ray")
    killed = []

    def kill_when_training(parent: int, victim: str) -> bool:
        assert sweep.poll() is None
        workers = children(parent)
        run = trained_by(runs_dir, workers)
        if run is None:
            return False
        holder = int((runs_dir / run / ".lock").read_text(encoding="utf-8").split()[0])
        os.kill(holder if victim == "worker" else parent, signal.SIGKILL)
        killed.append(run)
        return True

    wait_until(lambda: kill_when_training(head.raylet, "worker"), SWEEP_SECONDS)
    raylet = node.raylet
    wait_until(lambda: kill_when_training(raylet, "node"), SWEEP_SECONDS)
    assert sweep.wait(SWEEP_SECONDS) == 0
    lines = (folder / "sweep.log").read_text(encoding="utf-8")
    for run in killed:
        assert f"start {run} again, attempt 2" in lines, lines
    assert lines.count("finished") == len(expected) == 8
    assert states(runs_dir) == expected


@needs_ray
@pytest.mark.slow
@pytest.mark.timeout(SWEEP_SECONDS)
def test_ray_of_this_machine_stops_and_continues(folder, expected):
    """Ctrl-C reaches all processes of the terminal, and ends the sweep with resumable runs."""
    arguments = "rates.yaml", "--engine", "ray", "--seeds", "1", "--runs-dir", "own"
    sweep = start(folder, *arguments)
    runs_dir = folder / "own"
    wait_until(lambda: has_epoch(runs_dir) or sweep.poll() is not None, SWEEP_SECONDS)
    os.killpg(sweep.pid, signal.SIGINT)
    assert sweep.wait(SWEEP_SECONDS) == 130
    stopped = states(runs_dir)
    assert stopped.items().isdisjoint(expected.items())
    assert start(folder, *arguments).wait(SWEEP_SECONDS) == 0
    assert states(runs_dir) == {run: expected[run] for run in stopped}


@needs_ray
@pytest.mark.slow
def test_ray_without_resources_of_a_cell(folder):
    text = (folder / "rates.yaml").read_text(encoding="utf-8")
    (folder / "gpus.yaml").write_text(f"{text}engine: {{engine: ray, gpus: 64}}", encoding="utf-8")
    assert start(folder, "gpus.yaml", "--runs-dir", "gpus").wait(SWEEP_SECONDS) == 4
    assert "expected 1 CPU, 64 GPU, got" in (folder / "sweep.log").read_text(encoding="utf-8")


@needs_ray
def test_cluster_that_does_not_answer(tmp_path):
    """The message comes at once, although Ray itself would try for minutes."""
    address = f"{HOST}:{free_port()}"
    engine = RayEngine(Ray(address=address), threads=1, cores=1)
    task = CellTask("c", "c", "s", "{}", "f", 1, str(tmp_path), str(tmp_path), True)
    with pytest.raises(EnvironmentFault, match=f"no cluster of Ray at {address}: .*refused"):
        engine.train(iter([task]), lambda _: False, lambda: False)


def test_train_without_cells_starts_nothing(monkeypatch):
    monkeypatch.setattr(ray_engine, "connected", None)
    RayEngine(Ray(), threads=1, cores=1).train(iter([]), lambda _: False, lambda: False)
