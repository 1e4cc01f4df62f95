"""Training of a sweep by an engine: what is missing, and what is recorded."""

import json
import threading

import pytest

from stnctl.errors import UsageError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import run_lock
from stnctl.sweeps import session as sessions
from stnctl.sweeps.cell_results import CellResult
from stnctl.sweeps.cell_task import CellEnd
from stnctl.sweeps.folder import read_plan, read_problems
from stnctl.sweeps.imported_results import result_row
from stnctl.sweeps.results_reader import read_results
from stnctl.sweeps.session import open_session, train_session
from tests.sweeps.fake_runs import FakeEngine, make_run

SWEEP = "base: cnn\nseeds: 2\ngrid: {train.epochs: [1, 2]}"


def train(session, engine, should_stop=lambda: False):
    events = []
    return train_session(session, engine, events.append, should_stop), events


def test_each_cell_is_trained_once(open_sweep):
    session, engine = open_sweep(SWEEP), FakeEngine()
    ends, events = train(session, engine)
    assert engine.trained == list(ends) == [cell.name for cell in session.cells]
    assert [event.cell for event in events if isinstance(event, CellEnd)] == engine.trained
    again = open_sweep(SWEEP)
    assert again.num_missing == 0
    assert train(again, FakeEngine()) == ({}, [])


def test_only_missing_cells_are_trained(open_sweep, runs_dir):
    first = open_sweep(SWEEP)
    make_run(runs_dir / "mine", first.cells[1].config)
    engine = FakeEngine()
    session = open_sweep(SWEEP)
    train(session, engine)
    names = [cell.name for cell in first.cells]
    assert engine.trained == [names[0], *names[2:]]
    assert [run.run for run in read_plan(session.folder).runs] == [names[0], "mine", *names[2:]]


def test_failed_and_broken_cells(open_sweep):
    text = "base: cnn\ngrid: {train.epochs: [0, 1, 2]}"
    session = open_sweep(text)
    broken, failing, good = (cell.name for cell in session.cells)
    ends, _ = train(session, FakeEngine(fail=(failing,)))
    assert {cell: end.outcome for cell, end in ends.items()} == {
        failing: "failed",
        good: "finished",
    }
    problems = read_problems(session.folder)
    assert problems[failing] == "no memory"
    assert "train.epochs: expected a whole number" in problems[broken]
    again, engine = open_sweep(text), FakeEngine()
    train(again, engine)
    assert engine.trained == [failing]
    assert list(read_problems(session.folder)) == [broken]


def test_cells_with_equal_threads_are_together(open_sweep):
    session = open_sweep("base: cnn\ngrid: {train.epochs: [1, 2], train.threads: [2, 1]}")
    assert [task.threads for task in session.tasks()] == [1, 1, 2, 2]


def test_stop(open_sweep):
    session, engine = open_sweep(SWEEP), FakeEngine()
    ends, _ = train(session, engine, should_stop=lambda: len(engine.trained) == 1)
    assert len(ends) == 1


class BusyEngine(FakeEngine):
    """Engine that finds the first cell busy once."""

    def train(self, tasks, on_event, should_stop):
        tasks = list(tasks)
        if not self.trained:
            self.trained.append("busy")
            on_event(CellEnd(tasks[0].cell, "busy", "in use", 4))
            tasks = tasks[1:]
        super().train(iter(tasks), on_event, should_stop)


def test_a_busy_cell_is_waited_for(open_sweep, runs_dir, monkeypatch):
    monkeypatch.setattr(sessions, "BUSY_SECONDS", 0.01)
    session, engine = open_sweep(SWEEP), BusyEngine()
    run = RunDirectory(runs_dir / session.planned[0].run)
    run.path.mkdir(parents=True)
    release = threading.Event()

    def hold():
        with run_lock(run):
            held.set()
            release.wait()

    held = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    threading.Timer(0.1, release.set).start()
    ends, _ = train(session, engine)
    holder.join()
    names = [cell.name for cell in session.cells]
    assert engine.trained == ["busy", *names[1:], names[0]]
    assert {end.outcome for end in ends.values()} == {"finished"}


def test_a_task_of_a_broken_cell(open_sweep):
    session = open_sweep("base: cnn\ngrid: {train.epochs: [0, 1]}")
    with pytest.raises(ValueError, match="is not valid"):
        session.task(session.cells[0], session.planned[0])


def document(session, path, *, test=0.75):
    """Write the result of the first cell of a session as another machine does."""
    cell = session.cells[0]
    result = CellResult(
        cell.name, cell.values, cell.seed, None, "finished", None, 1, 0.5, test, 12, 3.0,
        cell.fingerprint,
    )  # fmt: skip
    path.write_text(json.dumps({"cells": [result_row(result)]}), encoding="utf-8")
    return path


def test_cells_trained_elsewhere_are_not_trained(load, open_sweep, runs_dir, tmp_path):
    path = document(open_sweep(SWEEP), tmp_path / "results.json")
    session, engine = open_session(load(SWEEP), runs_dir, [path]), FakeEngine()
    train(session, engine)
    assert engine.trained == [cell.name for cell in session.cells[1:]]
    path.unlink()
    assert open_sweep(SWEEP).num_missing == 0
    results = read_results(session.folder, read_plan(session.folder), runs_dir)
    assert [(cell.test_accuracy, cell.run is None) for cell in results[:2]] == [
        (0.75, True),
        (pytest.approx(0.9), False),
    ]


@pytest.mark.parametrize(("measured", "missing"), [("false", 3), ("true", 4)])
def test_an_imported_result_without_a_test_accuracy(load, runs_dir, tmp_path, measured, missing):
    text = f"{SWEEP}\ntest: {measured}"
    path = document(open_session(load(text), runs_dir), tmp_path / "results.json", test=None)
    assert open_session(load(text), runs_dir, [path]).num_missing == missing


def test_a_search_imports_no_results(load, runs_dir, tmp_path):
    text = "base: cnn\nsearch: {n: 2, draw: {train.epochs: {int: [1, 2]}}}"
    with pytest.raises(UsageError, match="the trials of a search can't be trained elsewhere"):
        open_session(load(text), runs_dir, [tmp_path / "results.json"])
