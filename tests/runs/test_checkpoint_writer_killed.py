import shutil

import numpy as np

from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.checkpoint_reader import follow_pointer, load_checkpoint, newest_valid_checkpoint
from stnctl.runs.checkpoint_writer import prune_checkpoints, save_checkpoint, set_pointer
from stnctl.runs.directory import RunDirectory

FIRST = {"weights": np.arange(1000.0)}
SECOND = {"weights": np.arange(1000.0) + 0.5}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


KILL = """
import os, resource, shutil, signal, sys
from pathlib import Path
import numpy as np
from stnctl.runs.directory import RunDirectory
from stnctl.runs.checkpoint_writer import prune_checkpoints, save_checkpoint, set_pointer

FIRST = {"weights": np.arange(1000.0)}
SECOND = {"weights": np.arange(1000.0) + 0.5}
countdown = None

def dying(real):
    def call(*arguments, **options):
        global countdown
        if countdown is not None:
            if countdown == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            countdown -= 1
        return real(*arguments, **options)
    return call

for name in ("open", "mkdir", "fsync", "rename", "replace", "unlink", "rmdir"):
    setattr(os, name, dying(getattr(os, name)))

def save(run):
    save_checkpoint(run, 3, SECOND, {})
    set_pointer(run, "last", 3, {})
    set_pointer(run, "best", 3, {})
    prune_checkpoints(run, keep=2)

def killed(name, before_call=None, at_byte=None):
    global countdown
    run = RunDirectory(shutil.copytree(start, root / name))
    child = os.fork()
    if child == 0:
        countdown = before_call
        if at_byte is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (at_byte, at_byte))
        save(run)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

root = Path(sys.argv[1])
start = root / "start"
start.mkdir()
for step in map(int, sys.argv[2].split()):
    save_checkpoint(RunDirectory(start), step, FIRST, {})
for pointer in ("last", "best"):
    set_pointer(RunDirectory(start), pointer, step, {})

stage = 0
while (status := killed(f"call-{stage}", before_call=stage)) == -signal.SIGKILL:
    stage += 1
assert status == 0, status
for at_byte in (0, 1, 4000):
    status = killed(f"byte-{at_byte}", at_byte=at_byte)
    assert status == -signal.SIGXFSZ, status
"""


def test_save_checkpoint_killed_at_every_stage(tmp_path, run_python):
    """A child process is killed before each of its system calls, and within a write."""
    run_python(KILL, tmp_path, "1 2")
    outcomes = []
    for run in map(RunDirectory, sorted(tmp_path.iterdir())):
        found, warnings = newest_valid_checkpoint(run)
        assert warnings == []
        outcomes.append(found.step)
        expected = {2: FIRST, 3: SECOND}[found.step]
        np.testing.assert_array_equal(found.arrays["weights"], expected["weights"])
        assert follow_pointer(run, "best").step in (2, 3)
        assert follow_pointer(run, "last").step in (2, 3)

        prune_checkpoints(run)
        assert names(run.checkpoints)[:2] == ["best.json", "last.json"]
        assert not [name for name in names(run.checkpoints) if name.startswith(".tmp-")]
        save_checkpoint(run, 3, SECOND, {})
        assert newest_valid_checkpoint(run)[0].step == 3
    assert outcomes.count(2) >= 8
    assert outcomes.count(3) >= 8


def test_save_checkpoint_killed_while_it_replaces(tmp_path, run_python):
    """The only checkpoint of a run is replaced: the old or the new one always exists."""
    run_python(KILL, tmp_path, "3")
    outcomes, num_old = [], 0
    for run in map(RunDirectory, sorted(tmp_path.iterdir())):
        num_old += names(run.checkpoints).count("step-00000003.old")
        assert checkpoint_steps(run) == [3]
        found, warnings = newest_valid_checkpoint(run)
        assert warnings == []
        outcomes.append(found.arrays["weights"][0])
        assert follow_pointer(run, "best").step == follow_pointer(run, "last").step == 3

        save_checkpoint(run, 3, SECOND, {})
        prune_checkpoints(run)
        assert names(run.checkpoints) == ["best.json", "last.json", "step-00000003"]
        np.testing.assert_array_equal(load_checkpoint(run, 3).arrays["weights"], SECOND["weights"])
    assert num_old >= 3
    assert outcomes.count(FIRST["weights"][0]) >= 8
    assert outcomes.count(SECOND["weights"][0]) >= 8


def test_save_checkpoint_keeps_equal_old_folder(run):
    """The process was killed between the renames; then an equal checkpoint is saved."""
    folder = save_checkpoint(run, 3, FIRST, {})
    old = folder.rename(run.checkpoints / "step-00000003.old")
    assert save_checkpoint(run, 3, FIRST, {}) == old
    set_pointer(run, "last", 3, {})
    prune_checkpoints(run, keep=1)
    assert follow_pointer(run, "last").step == 3
    assert save_checkpoint(run, 3, SECOND, {}) == folder
    prune_checkpoints(run, keep=1)
    assert names(run.checkpoints) == ["last.json", "step-00000003"]


def test_prune_checkpoints_keeps_old_folder_of_damaged(run):
    for step in (1, 2):
        save_checkpoint(run, step, FIRST, {})
    folder = run.checkpoints / "step-00000002"
    shutil.copytree(folder, run.checkpoints / "step-00000002.old")
    (folder / "state.npz").write_bytes(b"")
    prune_checkpoints(run, keep=1)
    assert names(run.checkpoints) == ["step-00000001", "step-00000002", "step-00000002.old"]
