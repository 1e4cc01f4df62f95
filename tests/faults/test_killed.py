"""kill -9 within the commit that ends a training's last epoch.

The kill before each single call of a commit is in tests/runs/test_commits_killed.py.
"""

import signal

import pytest

from stnctl.runs import newest_valid, read_pointer, read_rows
from tests.faults.chaos import outcome
from tests.faults.dying import run_until

MOMENTS = {
    "between-the-row-and-the-commit": "os.rename:step-{last}",
    "between-the-pointers": "os.rename:step-{last} os.rename:last.json os.rename:best.json",
    "before-the-first-removal": "os.rename:step-{last} os.rename:best.json os.rename:.tmp-",
}


@pytest.mark.parametrize("moments", MOMENTS.values(), ids=MOMENTS)
def test_killed_within_the_last_commit(folder, cut, whole, warm, moments):
    run = folder.copy(cut)
    last = read_pointer(whole, "last")["step"]
    moments = moments.format(last=f"{last:08d}")
    died = run_until(folder.folder, moments, "train", "--resume", "x")
    assert died.returncode == -signal.SIGKILL, died.stderr
    found, warnings = newest_valid(run)
    assert warnings == []
    assert (found.step == last) == (" " in moments)
    assert read_rows(run)[-1]["step"] == last

    done = warm(folder.folder, "train", "--resume", "x", "--strict")
    assert done.code == 0, done.stderr
    assert outcome(run) == outcome(whole)
