"""Local engine with real worker processes."""

import os
import signal

import pytest

from stnctl.runs.directory import RunDirectory
from stnctl.sweeps.cell_task import CellEnd
from stnctl.sweeps.engines.events import CellEpoch, CellStarted
from stnctl.sweeps.engines.local import LOST, LocalEngine
from tests.cli.conftest import TINY
from tests.data.synthetic import write_npz
from tests.faults.chaos import file_digests

pytestmark = pytest.mark.usefixtures("needs_keras")

SWEEP = "base: tiny.yaml\nseeds: 2\nset: {train.epochs: 12}\n"


@pytest.fixture
def session(open_sweep, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_npz(tmp_path / "tiny.npz", train=64, test=32, side=12)
    (tmp_path / "tiny.yaml").write_text(TINY.format(data="tiny.npz"), encoding="utf-8")
    return open_sweep(SWEEP)


class Killer:
    """Receiver of events that kills the worker of a cell after an epoch, a number of times.

    The lock of a run has the process that trains it.
    """

    def __init__(self, session, *, times):
        self.runs = {run.cell: RunDirectory(session.runs_dir / run.run) for run in session.planned}
        self.victim = session.cells[0].name
        self.times = times
        self.events = []

    def __call__(self, event):
        self.events.append(event)
        if isinstance(event, CellEpoch) and event.cell == self.victim and self.times:
            self.times -= 1
            process = int(self.runs[event.cell].lock.read_text(encoding="utf-8").split()[0])
            os.kill(process, signal.SIGKILL)
        return False

    def ends(self):
        ends = [event for event in self.events if isinstance(event, CellEnd)]
        return {end.cell: (end.outcome, end.problem) for end in ends}


def test_a_killed_worker_is_one_failed_cell(session):
    killer = Killer(session, times=1)
    LocalEngine(jobs=2).train(session.tasks(), killer, lambda: False)
    first, second = (cell.name for cell in session.cells)
    assert killer.ends() == {first: ("failed", LOST), second: ("finished", None)}


@pytest.mark.slow
def test_a_killed_worker_is_replaced(session, open_sweep):
    """The results of a cell that was killed and resumed are those of one that was not."""
    killer = Killer(session, times=1)
    LocalEngine(jobs=1, retries=1).train(session.tasks(), killer, lambda: False)
    assert {outcome for outcome, _ in killer.ends().values()} == {"finished"}
    attempts = [event.attempt for event in killer.events if isinstance(event, CellStarted)]
    assert sorted(attempts) == [1, 1, 2]
    run = killer.runs[killer.victim]
    digests = file_digests(run)
    run.path.rename(run.path.with_name("killed"))
    (run.path.with_name("killed") / "run.json").unlink()
    again = open_sweep(SWEEP)
    LocalEngine(jobs=1).train(again.tasks(), Killer(again, times=0), lambda: False)
    assert file_digests(run) == digests


@pytest.mark.slow
def test_stop(session, open_sweep):
    """All trainings save a checkpoint; a later engine continues them, here in one process."""
    seen = []

    def take(event):
        seen.append(event)
        return False

    LocalEngine(jobs=2).train(
        session.tasks(), take, lambda: any(isinstance(event, CellEpoch) for event in seen)
    )
    ends = [event.outcome for event in seen if isinstance(event, CellEnd)]
    assert ends == ["interrupted", "interrupted"]
    again = open_sweep(SWEEP)
    assert again.num_missing == 2
    killer = Killer(again, times=0)
    LocalEngine(jobs=1).train(again.tasks(), killer, lambda: False)
    assert {outcome for outcome, _ in killer.ends().values()} == {"finished"}
