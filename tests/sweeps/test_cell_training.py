"""Training of one cell: its end, and errors that are a part of it."""

import pytest

from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import run_lock
from stnctl.sweeps.cell_training import train_cell
from tests.sweeps.fake_runs import make_run


class Watcher:
    """Watcher that stops at once."""

    def on_epoch(self, cell, epochs, metrics):
        raise AssertionError(cell)

    def should_stop(self):
        return True


@pytest.fixture
def task(open_sweep, tmp_path, monkeypatch):
    """Return the only task of a sweep with some lines."""
    monkeypatch.chdir(tmp_path)

    def task(lines="set: {data.source: digits}"):
        [task] = open_sweep(f"base: cnn\n{lines}").tasks()
        return task

    return task


def test_missing_data(task, tmp_path):
    end = train_cell(task("set: {data.source: missing.npz}"), Watcher())
    assert (end.outcome, end.exit_code) == ("failed", 3)
    assert "missing.npz" in end.problem
    assert not (tmp_path / "runs").exists()


def test_a_network_that_does_not_fit(task):
    lines = "set: {data.source: digits, limits.max_parameters: 1000}"
    end = train_cell(task(lines), Watcher())
    assert (end.outcome, end.exit_code) == ("failed", 2)
    assert "max_parameters" in end.problem


def test_a_run_in_use(task, runs_dir):
    found = task()
    run = RunDirectory(runs_dir / found.run)
    run.path.mkdir(parents=True)
    make_files(run, found)
    with run_lock(run):
        end = train_cell(found, Watcher())
    assert end.outcome == "busy"


def test_a_run_of_another_configuration(task, runs_dir, open_sweep):
    found = task()
    other = open_sweep("base: cnn\nset: {data.source: digits, train.epochs: 99}").cells[0]
    make_run(runs_dir / found.run, other.config)
    end = train_cell(found, Watcher())
    assert (end.outcome, end.exit_code) == ("failed", 4)
    assert "has another configuration than the cell" in end.problem


def test_a_bug_is_a_failed_cell(task, monkeypatch):
    def fail(*_arguments):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("stnctl.sweeps.cell_training.check_training", fail)
    end = train_cell(task(), Watcher())
    assert (end.outcome, end.problem, end.exit_code) == ("failed", "ZeroDivisionError: by zero", 1)


def make_files(run, task):
    """Write the files of a run that was only created."""
    run.config.write_text("seed: 0\n", encoding="utf-8")
    run.run.write_text("{}", encoding="utf-8")
