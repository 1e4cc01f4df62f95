import os
import signal

import numpy as np
import pytest

from stnctl.errors import EnvironmentFault
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.metrics import append_metrics
from stnctl.runs.safe_walk import remove_leftovers


def everything(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def whole(run):
    """A run with something of everything."""
    save_checkpoint(run, 1, {"a": np.zeros(1)}, {})
    set_pointer(run, "last", 1, {})
    append_metrics(run, {"step": 1})
    for folder in (run.eval / "test", run.inspect / "sheets"):
        folder.mkdir(parents=True)
        (folder / "result.json").write_bytes(b"{}")
    return run


def test_tidy_removes_only_leftovers(whole):
    (whole.path / ".tmp").write_bytes(b"")
    (whole.eval / "x.tmp-1").write_bytes(b"")
    before = everything(whole.path)
    for folder in (whole.path, whole.checkpoints, whole.eval, whole.inspect / "sheets"):
        (folder / ".tmp-0123").write_bytes(b"x")
    (whole.checkpoints / ".tmp-45").mkdir()
    (whole.checkpoints / ".tmp-45" / "state.npz").write_bytes(b"x")
    remove_leftovers(whole)
    assert everything(whole.path) == before


def test_tidy_leaves_what_no_crash_leaves(whole):
    """A folder with such a name in the run is not stnctl's."""
    (whole.path / ".tmp-folder").mkdir()
    before = everything(whole.path)
    remove_leftovers(whole)
    assert everything(whole.path) == before


@pytest.mark.parametrize("name", ["checkpoints", "eval", "inspect", "eval/.tmp-link", ".tmp-link"])
def test_tidy_goes_through_no_link(run, tmp_path, name):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / ".tmp-file").write_bytes(b"x")
    (run.path / name).parent.mkdir(exist_ok=True)
    (run.path / name).symlink_to(precious)
    remove_leftovers(run)
    assert everything(precious) == [".tmp-file"]


WRITE = """
import sys
from pathlib import Path
from stnctl.storage.atomic import replacing

with replacing(Path(sys.argv[1])) as file:
    file.write(b"whole")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()
"""


def test_tidy_leaves_what_another_process_writes(whole, start_python):
    path = whole.eval / "new.json"
    child = start_python(WRITE, path)
    assert child.stdout.readline() == "writing\n"
    remove_leftovers(whole)
    child.communicate(timeout=60)
    assert child.returncode == 0
    assert path.read_bytes() == b"whole"


def test_tidy_after_kill(whole, start_python):
    before = everything(whole.path)
    child = start_python(WRITE, whole.eval / "new.json")
    assert child.stdout.readline() == "writing\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert len(everything(whole.path)) == len(before) + 1
    remove_leftovers(whole)
    assert everything(whole.path) == before


def test_tidy_reports_faults(whole, monkeypatch):
    def fail(*_, **__):
        raise OSError(30, "Read-only file system")

    (whole.path / ".tmp-1").write_bytes(b"")
    monkeypatch.setattr(os, "unlink", fail)
    with pytest.raises(EnvironmentFault, match=r"can't tidy .*: Read-only file system"):
        remove_leftovers(whole)
