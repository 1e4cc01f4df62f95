"""Slurm: job arrays, requeue and states, with commands that the test makes."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from stnctl.config.engines import Slurm
from stnctl.errors import EnvironmentFault, InputError
from stnctl.sweeps import cell_training
from stnctl.sweeps.cell_task import CellEnd, CellTask
from stnctl.sweeps.engines import slurm_cell
from stnctl.sweeps.engines.events import CellSubmitted
from stnctl.sweeps.engines.slurm_engine import SlurmEngine
from stnctl.sweeps.engines.slurm_jobs import job_states, read_jobs
from stnctl.sweeps.folder import sweep_folder
from tests.cli.in_process import outcome

submission = pytest.importorskip("submitit.core.submission", reason="submitit is not installed")

SBATCH = """
cp "$1" "$FAKE/script-$(ls "$FAKE" | grep -c script)"
[ -e "$FAKE/reject" ] && { echo "sbatch: error: invalid partition specified: x" >&2; exit 1; }
echo "Submitted batch job $((40 + $(ls "$FAKE" | grep -c script)))"
"""
COMMANDS = {
    "sbatch": SBATCH,
    "srun": "",
    "squeue": 'cat "$FAKE/queue"',
    "sacct": 'cat "$FAKE/history"',
    "scontrol": 'echo "$@" >> "$FAKE/requeued"',
}


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Folder with commands of Slurm, which are first on the path, and their files."""
    folder = tmp_path / "fake"
    folder.mkdir()
    for name, text in COMMANDS.items():
        (folder / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    for name in ("queue", "history"):
        (folder / name).touch()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("FAKE", str(folder))
    return folder


@pytest.fixture
def tasks(tmp_path):
    """Three tasks of the sweep `s`; the last one has another number of threads."""
    plan = sweep_folder(tmp_path, "s").plan
    plan.parent.mkdir(parents=True)
    plan.write_text("{}", encoding="utf-8")
    first = CellTask("a", "a", "s", "{}", "f", 1, str(tmp_path), str(tmp_path), True)
    return [first, replace(first, cell="b", run="b"), replace(first, cell="c", run="c", threads=4)]


@pytest.fixture
def signals():
    """Restore the handlers that a job sets."""
    numbers = signal.SIGTERM, signal.SIGUSR2, signal.SIGCONT
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def submit(tasks, **keys):
    """Submit cells; return the events."""
    events = []
    SlurmEngine(Slurm(**keys)).train(iter(tasks), events.append, lambda: False)
    return events


def test_train_submits_one_array_for_each_number_of_cores(fake, tasks):
    events = submit(tasks, partition="gpu", account="me", minutes=90, memory_gb=1.5, parallel=1)
    assert events == [
        CellSubmitted("a", "41_0"),
        CellSubmitted("b", "41_1"),
        CellSubmitted("c", "42"),
    ]
    script = (fake / "script-0").read_text(encoding="utf-8")
    options = {line.removeprefix("#SBATCH --") for line in script.splitlines() if "#SBATCH" in line}
    expected = {
        *("array=0-1%1", "partition=gpu", "account=me", "time=90", "mem=1500M", "cpus-per-task=1"),
        *("job-name=stnctl-s", "requeue", "signal=USR2@90", "open-mode=append"),
    }
    assert expected <= options
    assert "--cpus-per-task=4" in (fake / "script-1").read_text(encoding="utf-8")


def test_train_does_not_submit_active_cells_again(fake, tasks):
    """Queued and running cells are named with their job; those whose job ended are submitted."""
    submit(tasks)
    (fake / "queue").write_text("41_1|PENDING|Priority\n42|RUNNING|None\n", encoding="utf-8")
    assert submit(tasks) == [
        CellSubmitted("b", "41_1", is_new=False),
        CellSubmitted("c", "42", is_new=False),
        CellSubmitted("a", "43"),
    ]
    assert read_jobs(sweep_folder(Path(tasks[0].runs_dir), "s")) == {
        "a": "43",
        "b": "41_1",
        "c": "42",
    }


def test_job_states_have_reasons_and_logs(fake, tasks):
    submit(tasks)
    folder = sweep_folder(Path(tasks[0].runs_dir), "s")
    (fake / "queue").write_text("41_1|PENDING|Priority\n", encoding="utf-8")
    (fake / "history").write_text("42|OUT_OF_MEMORY\n", encoding="utf-8")
    states = job_states(folder)
    found = {cell: (state.state, state.reason) for cell, state in states.items()}
    assert found == {
        "a": ("failed", "its job ended without a result"),
        "b": ("pending", "Priority"),
        "c": ("failed", "its job ended without a result: OUT_OF_MEMORY"),
    }
    assert states["b"].log == folder.jobs / "41_1_0_log.out"


def test_commands_name_the_jobs(fake, tmp_path, monkeypatch):
    """`sweep` prints the array and how to cancel it, and `sweep status` shows the states."""
    monkeypatch.chdir(tmp_path)
    arguments = "sweep", "cnn", "--name", "s", "--seeds", "2", "--set", "data.source=digits"
    code, _, stderr = outcome(*arguments, "--engine", "slurm", "--partition", "gpu")
    assert code == 0
    assert "submitted to Slurm: array 41 (2 cells)" in stderr
    assert "cancel with: scancel 41" in stderr
    (fake / "queue").write_text("41_0|PENDING|Priority\n41_1|RUNNING|None\n", encoding="utf-8")
    _, _, stderr = outcome(*arguments, "--engine", "slurm")
    assert "queued or running before: array 41 (2 cells)" in stderr
    assert "submitted" not in stderr
    code, stdout, _ = outcome("sweep", "status", "s", "--json")
    jobs = json.loads(stdout)["jobs"]
    assert [job["state"] for job in jobs.values()] == ["pending", "running"]
    code, stdout, _ = outcome("sweep", "status", "s")
    assert code == 0
    assert "Priority" in stdout
    (fake / "squeue").unlink()
    monkeypatch.setenv("PATH", str(fake))
    code, stdout, stderr = outcome("sweep", "status", "s")
    assert code == 0
    assert "Slurm does not answer: squeue is not installed here" in stderr


def test_commands_read_no_pickle(fake, tasks):
    """Neither the states of jobs nor a further submission load what a job pickled."""
    submit(tasks)
    folder = sweep_folder(Path(tasks[0].runs_dir), "s")
    for path in folder.jobs.glob("*.pkl"):
        path.write_bytes(b"not a pickle")
    assert len(list(folder.jobs.glob("*.pkl"))) == len(tasks)
    assert {state.state for state in job_states(folder).values()} == {"failed"}
    submit(tasks)


@pytest.mark.parametrize("job", ["1; rm x", "--all", 7, None, "1" * 50])
def test_read_jobs_rejects_other_texts(tasks, job):
    """An id is an argument of commands, so a record may contain nothing else."""
    folder = sweep_folder(Path(tasks[0].runs_dir), "s")
    folder.jobs.mkdir()
    (folder.jobs / "cells.json").write_text(json.dumps({"a": job}), encoding="utf-8")
    with pytest.raises(InputError, match="expected ids of jobs"):
        read_jobs(folder)


def test_train_explains_a_rejection(fake, tasks):
    (fake / "reject").touch()
    with pytest.raises(EnvironmentFault, match=r"did not take the jobs: .*invalid partition"):
        submit(tasks, partition="x")


def test_train_without_slurm(tasks, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFault, match="srun"):
        submit(tasks)


def test_job_is_requeued_at_the_signal_and_then_ends(fake, tasks, signals, monkeypatch):
    """The job saves a checkpoint, asks Slurm for a requeue, and the next start ends the cell."""
    submit(tasks[:1])
    folder = sweep_folder(Path(tasks[0].runs_dir), "s")
    for name, text in {"SUBMITIT_EXECUTOR": "slurm", "SLURM_JOB_ID": "41"}.items():
        monkeypatch.setenv(name, text)

    def train_until_the_signal(task, watcher):
        assert not watcher.should_stop()
        os.kill(os.getpid(), signal.SIGUSR2)
        assert watcher.should_stop()
        return CellEnd(task.cell, "interrupted")

    monkeypatch.setattr(cell_training, "train_cell", train_until_the_signal)
    process_job = submission.process_job
    with pytest.raises(SystemExit):
        process_job(folder.jobs)
    assert (fake / "requeued").read_text(encoding="utf-8") == "requeue 41\n"
    (fake / "queue").write_text("41|PENDING|BeginTime\n", encoding="utf-8")
    assert job_states(folder)["a"].state == "pending"

    (fake / "queue").write_text("", encoding="utf-8")
    monkeypatch.setattr(cell_training, "train_cell", lambda task, _: CellEnd(task.cell, "finished"))
    process_job(folder.jobs)
    assert job_states(folder)["a"].state == "ended"


def test_job_has_failed_after_its_retries(fake, tasks, signals, monkeypatch):
    """A cell that reaches its time limit too often has failed, with the reason."""
    submit(tasks[:1], retries=0, minutes=1)
    folder = sweep_folder(Path(tasks[0].runs_dir), "s")
    for name, text in {"SUBMITIT_EXECUTOR": "slurm", "SLURM_JOB_ID": "41"}.items():
        monkeypatch.setenv(name, text)

    def train_until_the_signal(task, _watcher):
        os.kill(os.getpid(), signal.SIGUSR2)
        return CellEnd(task.cell, "interrupted")

    monkeypatch.setattr(cell_training, "train_cell", train_until_the_signal)
    submission.process_job(folder.jobs)
    assert not (fake / "requeued").exists()
    state = job_states(folder)["a"]
    assert (state.state, state.reason) == ("failed", slurm_cell.TIMED_OUT.format(count=1))
