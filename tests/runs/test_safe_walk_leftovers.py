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
def complete(run):
    """A run with a checkpoint, metrics, an evaluation and an inspection."""
    save_checkpoint(run, 1, {"a": np.zeros(1)}, {})
    set_pointer(run, "last", 1, {})
    append_metrics(run, {"step": 1}, {"step": 1})
    for folder in (run.eval / "test", run.inspect / "sheets"):
        folder.mkdir(parents=True)
        (folder / "result.json").write_bytes(b"{}")
    return run


def test_remove_leftovers_preset(complete):
    (complete.path / ".tmp").write_bytes(b"")
    (complete.eval / "x.tmp-1").write_bytes(b"")
    before = everything(complete.path)
    for folder in (complete.path, complete.checkpoints, complete.eval, complete.inspect / "sheets"):
        (folder / ".tmp-0123").write_bytes(b"x")
    (complete.checkpoints / ".tmp-45").mkdir()
    (complete.checkpoints / ".tmp-45" / "state.npz").write_bytes(b"x")
    remove_leftovers(complete)
    assert everything(complete.path) == before


def test_remove_leftovers_keeps_folder(complete):
    """stnctl makes no folder with such a name in the folder of the run."""
    (complete.path / ".tmp-folder").mkdir()
    before = everything(complete.path)
    remove_leftovers(complete)
    assert everything(complete.path) == before


@pytest.mark.parametrize("name", ["checkpoints", "eval", "inspect", "eval/.tmp-link", ".tmp-link"])
def test_remove_leftovers_follows_no_link(run, tmp_path, name):
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
    file.write(b"complete")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()
"""


def test_remove_leftovers_keeps_file_of_another_process(complete, start_python):
    path = complete.eval / "new.json"
    child = start_python(WRITE, path)
    assert child.stdout.readline() == "writing\n"
    remove_leftovers(complete)
    child.communicate(timeout=60)
    assert child.returncode == 0
    assert path.read_bytes() == b"complete"


def test_remove_leftovers_after_kill(complete, start_python):
    before = everything(complete.path)
    child = start_python(WRITE, complete.eval / "new.json")
    assert child.stdout.readline() == "writing\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert len(everything(complete.path)) == len(before) + 1
    remove_leftovers(complete)
    assert everything(complete.path) == before


def test_remove_leftovers_read_only_disk(complete, monkeypatch):
    def fail(*_, **__):
        raise OSError(30, "Read-only file system")

    (complete.path / ".tmp-1").write_bytes(b"")
    monkeypatch.setattr(os, "unlink", fail)
    with pytest.raises(EnvironmentFault, match=r"can't remove leftover files in .*: Read-only"):
        remove_leftovers(complete)
