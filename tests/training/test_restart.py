"""A collapse of a transformer: a warning, a stop or a restart, with the same bits after a kill."""

import pytest

from stnctl.errors import DivergedError
from stnctl.evaluation.collapse import Collapse
from stnctl.runs.checkpoint_reader import follow_pointer
from stnctl.runs.metrics import read_metrics
from stnctl.runs.snapshots import read_snapshots
from stnctl.training import restart, transformer_watch
from stnctl.training.checkpointing import Checkpointer
from stnctl.training.resume import last_loop_state
from tests.tiny import NUM_STEPS, make_job, make_run
from tests.training.test_loop_exact import assert_same_bits, result_of, stop_after, train

pytestmark = pytest.mark.usefixtures("keras_backend", "single_steps")

EPOCHS = 2
NAME = "spatial_transformer"


@pytest.fixture
def collapse_in(monkeypatch):
    """Return a function with which a transformer collapses if its movement is one of some."""

    def collapse_in(*movements):
        def find(name, statistics, _sides, *, is_trained):
            found = statistics.row()["movement"] in movements and is_trained
            return Collapse(f"{name} is blank", "bound theta") if found else None

        monkeypatch.setattr(transformer_watch, "find_collapse", find)

    return collapse_in


def make(folder, action, name="x"):
    job = make_job(folder, f"train.epochs={EPOCHS}", f"train.on_collapse={action}")
    return job, make_run(job, folder, name)


@pytest.fixture(scope="module")
def movements(tmp_path_factory):
    """Return the movement after each epoch of a training without a collapse."""
    folder = tmp_path_factory.mktemp("works")
    job, run = make(folder, "warn")
    train(job, run)
    return [row["transformers"][NAME]["movement"] for row in read_metrics(run)]


def test_warn(collapse_in, movements, tmp_path):
    """The training continues, and its metrics name the collapse."""
    collapse_in(movements[0])
    job, run = make(tmp_path, "warn")
    train(job, run)
    collapses = [row.get("collapses") for row in read_metrics(run)]
    assert collapses == [[f"{NAME} is blank; bound theta"], None]


def test_stop(collapse_in, movements, tmp_path):
    """The checkpoint of the epoch is kept, and a resumed training stops again at once."""
    collapse_in(movements[0])
    job, run = make(tmp_path, "stop")
    for _ in range(2):
        with pytest.raises(DivergedError, match="a transformer collapsed in epoch 1, and train"):
            train(job, run)
        assert follow_pointer(run, "last").step == NUM_STEPS
    assert len(read_metrics(run)) == 1
    assert not last_loop_state(run).is_over(job.config.train)


def test_restart(collapse_in, movements, tmp_path):
    """The training starts again with other weights; stopped or killed, it has the same bits.

    It also starts again after its last epoch, and while it removes its checkpoints.
    """
    collapse_in(movements[-1])
    job, whole = make(tmp_path, "restart", "whole")
    state = train(job, whole)
    assert (state.restarts, state.collapsed) == (1, False)
    rows = read_metrics(whole)
    assert [row["epoch"] for row in rows] == [1, 2]
    assert rows[0]["transformers"][NAME]["movement"] != movements[0]
    assert read_snapshots(whole).epochs.tolist() == [0, 1, 2]

    _, cut = make(tmp_path, "restart", "cut")
    last = EPOCHS * NUM_STEPS
    stop_after(job, cut, last - 1)
    stop_after(job, cut, last, first=last - 1)
    assert not last_loop_state(cut).is_over(job.config.train)
    stop_after(job, cut, 1)
    stop_after(job, cut, NUM_STEPS + 1, first=1)
    train(job, cut)
    expected_arrays, expected = result_of(whole)
    for run in (cut, killed(job, tmp_path)):
        arrays, rest = result_of(run)
        assert_same_bits(arrays, expected_arrays)
        assert rest | {"steps": []} == expected | {"steps": []}


def killed(job, folder):
    """Return the run of a training whose newest checkpoint alone is removed at its restart."""
    run = make_run(job, folder, "killed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checkpointer, "restart", kill)
        with pytest.raises(KeyboardInterrupt):
            train(job, run)
    train(job, run)
    return run


def kill(checkpointer):
    newest = max(checkpointer.run.checkpoints.glob("step-*"))
    for file in sorted(newest.iterdir()):
        file.unlink()
    newest.rmdir()
    for pointer in checkpointer.run.checkpoints.glob("*.json"):
        pointer.unlink()
    raise KeyboardInterrupt


def test_too_many_restarts(collapse_in, movements, tmp_path, monkeypatch):
    monkeypatch.setattr(restart, "MAX_RESTARTS", 1)
    monkeypatch.setattr(
        transformer_watch, "find_collapse", lambda *_, **__: Collapse("it is blank", "bound it")
    )
    job, run = make(tmp_path, "restart")
    with pytest.raises(DivergedError, match=r"in epoch 1, after 1 restart, and"):
        train(job, run)
    assert last_loop_state(run).restarts == 1
