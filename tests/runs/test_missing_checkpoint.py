import pytest

from stnctl.errors import DIVERGED_HINT, InputError
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.lock import run_lock
from stnctl.runs.pointers import read_pointer
from stnctl.runs.provenance import record_event

RESUME = "continue the training: stnctl train --resume {}"
LAST = ", or use the last checkpoint: --checkpoint last"


def error_of(run, pointer="best"):
    with pytest.raises(InputError) as error:
        read_pointer(run, pointer)
    return str(error.value), error.value.hint


@pytest.mark.parametrize("pointer", ["best", "last"])
def test_missing_checkpoint_of_a_killed_training(run, pointer):
    message = f"{run.path} has no {pointer} checkpoint yet: there is no {pointer}.json"
    assert error_of(run, pointer) == (message, RESUME.format(run.path))


def test_missing_checkpoint_of_a_training_stopped_in_its_first_epoch(run, arrays):
    save_checkpoint(run, 1, arrays, {})
    set_pointer(run, "last", 1, {})
    record_event(run, "interrupted", step=1)
    assert error_of(run)[1] == RESUME.format(run.path) + LAST


@pytest.mark.parametrize("later", [(), ("resume",), ("resume", "interrupted")])
def test_missing_checkpoint_of_a_diverged_training(run, later):
    """A resume diverges again, because it has the same bits."""
    for event in ("diverged", *later):
        record_event(run, event)
    message = f"{run.path} has no best checkpoint: its training diverged"
    assert error_of(run) == (message, DIVERGED_HINT)


def test_missing_checkpoint_of_a_running_training(run):
    with run_lock(run):
        message = f"{run.path} has no best checkpoint yet: it is training"
        assert error_of(run) == (message, "wait for its first epoch")


def test_missing_checkpoint_of_a_finished_training(run, arrays):
    """A resume trains nothing, so it does not restore the pointer."""
    record_event(run, "end")
    message = f"{run.path} has lost its best checkpoint: there is no best.json"
    assert error_of(run) == (message, "restore a copy")
    save_checkpoint(run, 1, arrays, {})
    set_pointer(run, "last", 1, {})
    assert error_of(run)[1] == f"restore a copy{LAST}"
