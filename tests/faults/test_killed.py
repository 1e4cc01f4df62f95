"""kill -9 within a resume, within the commit that ends the last epoch, and after it.

The kill before each single call of a commit is in tests/runs/test_commits_killed.py.
"""

import signal

import pytest

from stnctl.runs.checkpoint_reader import newest_valid_checkpoint, read_pointer
from stnctl.runs.metrics import read_metrics
from stnctl.runs.provenance import read_record
from tests.faults.chaos import outcome
from tests.faults.dying import run_until

MOMENTS = {
    "between-the-row-and-the-commit": "os.rename:step-{last}",
    "between-the-pointers": "os.rename:step-{last} os.rename:last.json os.rename:best.json",
    "before-the-first-removal": "os.rename:step-{last} os.rename:best.json os.rename:.tmp-",
}

AROUND = {
    "before-rows-are-dropped": "os.rename:metrics.jsonl",
    "before-the-pointer-of-a-resume": "os.rename:last.json",
    "before-the-model": "os.rename:model.keras",
    "before-the-end-is-told": "os.rename:model.keras os.rename:run.json",
}


@pytest.mark.parametrize("moments", AROUND.values(), ids=AROUND)
def test_killed_within_a_resume(folder, cut, whole, warm, moments):
    run = folder.copy(cut)
    died = run_until(folder.folder, moments, "train", "--resume", "x")
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert read_record(run)["events"][-1]["event"] == "resume"

    done = warm(folder.folder, "train", "--resume", "x", "--strict")
    assert done.code == 0, done.stderr
    assert outcome(run) == outcome(whole)
    assert read_record(run)["events"][-1]["event"] == "end"
    assert run.model.is_file()


@pytest.mark.parametrize("moments", MOMENTS.values(), ids=MOMENTS)
def test_killed_within_the_last_commit(folder, cut, whole, warm, moments):
    run = folder.copy(cut)
    last = read_pointer(whole, "last")["step"]
    moments = moments.format(last=f"{last:08d}")
    died = run_until(folder.folder, moments, "train", "--resume", "x")
    assert died.returncode == -signal.SIGKILL, died.stderr
    found, warnings = newest_valid_checkpoint(run)
    assert warnings == []
    assert (found.step == last) == (" " in moments)
    assert read_metrics(run)[-1]["step"] == last

    done = warm(folder.folder, "train", "--resume", "x", "--strict")
    assert done.code == 0, done.stderr
    assert outcome(run) == outcome(whole)
