import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs import (
    RunDirectory,
    commit,
    committed_steps,
    load,
    load_best,
    load_last,
    newest_valid,
    point,
    prune,
    read_pointer,
)

FIRST = {"weights": np.arange(1000.0)}
SECOND = {"weights": np.arange(1000.0) + 0.5}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def damage(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_commit_roundtrip(run, arrays):
    meta = {"epoch": 1, "best": {"accuracy": 0.5}, "order": [3, 1]}
    folder = commit(run, 1875, arrays, meta)
    assert folder == run.checkpoints / "step-00001875"
    assert names(run.checkpoints) == ["step-00001875"]
    assert names(folder) == ["meta.json", "state.npz"]

    found = load(run, 1875)
    assert found.step == 1875
    assert list(found.arrays) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(found.arrays[name], array, strict=True)
    state = (folder / "state.npz").read_bytes()
    assert found.meta.pop("sha256")
    assert found.meta == {
        "schema_version": 1,
        "step": 1875,
        "state_bytes": len(state),
        "state_sha256": hashlib.sha256(state).hexdigest(),
        "arrays": {
            "conv/kernel": {"shape": [3, 3, 1, 4], "dtype": "float32"},
            "adam/iterations": {"shape": [], "dtype": "int64"},
            "dropout/seed_state": {"shape": [2], "dtype": "uint32"},
        },
        **meta,
    }


@pytest.mark.parametrize("step", [0, 99_999_999, 100_000_000])
def test_commit_roundtrip_step(run, step):
    commit(run, step, FIRST, {})
    assert committed_steps(run) == [step]
    assert load(run, step).step == step


@pytest.mark.parametrize(
    ("step", "stored", "meta", "message"),
    [
        (-1, FIRST, {}, "step must not be negative, got -1"),
        (1, {"a": np.array([None])}, {}, "'a' must hold numbers"),
        (1, FIRST, {"step": 2, "arrays": {}}, "reserved keys in meta: arrays, step"),
        (1, FIRST, {"sha256": ""}, "the key 'sha256' is reserved"),
        (1, FIRST, {"loss": float("nan")}, "not JSON compliant"),
    ],
)
def test_commit_rejects(run, step, stored, meta, message):
    with pytest.raises(ValueError, match=message):
        commit(run, step, stored, meta)
    assert not run.checkpoints.exists()


def test_commit_keeps_present(run):
    folder = commit(run, 1, FIRST, {"epoch": 1})
    before = folder.stat().st_ino
    commit(run, 1, FIRST, {"epoch": 1})
    assert folder.stat().st_ino == before


def test_commit_replaces_other_meta(run):
    """A step that ended an epoch is committed with one position, and then with the next."""
    commit(run, 1, FIRST, {"epoch": 1})
    commit(run, 1, FIRST, {"epoch": 2})
    assert load(run, 1).meta["epoch"] == 2


@pytest.mark.parametrize("file", ["state.npz", "meta.json", None])
def test_commit_replaces_damaged_or_different(run, file):
    folder = commit(run, 1, SECOND if file is None else FIRST, {"epoch": 1})
    if file is not None:
        damage(folder / file)
    commit(run, 1, FIRST, {"epoch": 2})
    assert load(run, 1).meta["epoch"] == 2
    np.testing.assert_array_equal(load(run, 1).arrays["weights"], FIRST["weights"])


def test_commit_order(run, monkeypatch):
    """Files, then their folder reach the disk before the rename; then the folder of the name."""
    recorded, opened = [], {}
    real_open, real_fsync, real_rename = os.open, os.fsync, os.rename

    def spy_open(path, *arguments, **options):
        descriptor = real_open(path, *arguments, **options)
        opened[descriptor] = Path(path).name
        return descriptor

    def spy_fsync(descriptor):
        recorded.append(("fsync", opened[descriptor]))
        real_fsync(descriptor)

    def spy_rename(source, target):
        recorded.append(("rename", Path(source).name, Path(target).name))
        real_rename(source, target)

    monkeypatch.setattr(os, "open", spy_open)
    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(os, "rename", spy_rename)
    commit(run, 1, FIRST, {})
    temporary = recorded[3][1]
    assert temporary.startswith(".tmp-")
    assert recorded == [
        ("fsync", "x"),
        ("fsync", "state.npz"),
        ("fsync", "meta.json"),
        ("fsync", temporary),
        ("rename", temporary, "step-00000001"),
        ("fsync", "checkpoints"),
    ]


KILL = """
import os, resource, shutil, signal, sys
from pathlib import Path
import numpy as np
from stnctl.runs import RunDirectory, commit, point, prune

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
        commit(run, 3, SECOND, {})
        point(run, "last", 3, {})
        point(run, "best", 3, {})
        prune(run, keep=2)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

root = Path(sys.argv[1])
start = root / "start"
start.mkdir()
for step in (1, 2):
    commit(RunDirectory(start), step, FIRST, {})
for pointer in ("last", "best"):
    point(RunDirectory(start), pointer, 2, {})

stage = 0
while (status := killed(f"call-{stage}", before_call=stage)) == -signal.SIGKILL:
    stage += 1
assert status == 0, status
for at_byte in (0, 1, 4000):
    status = killed(f"byte-{at_byte}", at_byte=at_byte)
    assert status == -signal.SIGXFSZ, status
"""


def test_commit_killed_at_every_stage(tmp_path, run_python):
    """A child is killed before each of its system calls, and within a write."""
    run_python(KILL, tmp_path)
    outcomes = []
    for run in map(RunDirectory, sorted(tmp_path.iterdir())):
        found, warnings = newest_valid(run)
        assert warnings == []
        outcomes.append(found.step)
        expected = {2: FIRST, 3: SECOND}[found.step]
        np.testing.assert_array_equal(found.arrays["weights"], expected["weights"])
        assert load_best(run).step in (2, 3)
        assert load_last(run).step in (2, 3)

        prune(run)
        assert names(run.checkpoints)[:2] == ["best.json", "last.json"]
        assert not [name for name in names(run.checkpoints) if name.startswith(".tmp-")]
        commit(run, 3, SECOND, {})
        assert newest_valid(run)[0].step == 3
    assert outcomes.count(2) >= 8
    assert outcomes.count(3) >= 8


def test_commit_full_disk(run, run_python):
    commit(run, 1, FIRST, {})
    output = run_python(
        """
        import resource, sys
        from pathlib import Path
        import numpy as np
        from stnctl.errors import EnvironmentFault
        from stnctl.runs import RunDirectory, commit

        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        try:
            commit(RunDirectory(Path(sys.argv[1])), 2, {"weights": np.arange(1000.0)}, {})
        except EnvironmentFault as fault:
            print(fault.exit_code, fault)
        """,
        run.path,
    )
    assert output.startswith(f"4 can't write {run.checkpoints}/step-00000002: File too large (")
    assert "bytes free); the earlier checkpoints are unchanged" in output
    assert names(run.checkpoints) == ["step-00000001"]
    np.testing.assert_array_equal(load(run, 1).arrays["weights"], FIRST["weights"])


def test_commit_interrupted(run, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        commit(run, 1, FIRST, {})
    assert names(run.checkpoints) == []


def test_point_roundtrip(run):
    for step in (1, 2):
        commit(run, step, FIRST, {})
    point(run, "best", 1, {"accuracy": 0.9})
    point(run, "last", 1, {})
    point(run, "last", 2, {})
    assert load_best(run).step == 1
    assert load_last(run).step == 2
    assert read_pointer(run, "best")["accuracy"] == 0.9


def test_point_rejects_step_without_commit(run):
    with pytest.raises(InputError, match=r"step-00000001/meta\.json does not exist"):
        point(run, "best", 1, {})


def test_point_rejects_reserved(run):
    commit(run, 1, FIRST, {})
    with pytest.raises(ValueError, match="reserved keys in meta: step"):
        point(run, "best", 1, {"step": 2})


@pytest.mark.parametrize(
    ("keep", "best", "expected"),
    [
        (1, None, [5]),
        (2, None, [4, 5]),
        (9, None, [1, 2, 3, 4, 5]),
        (2, 2, [2, 4, 5]),
        (2, 5, [4, 5]),
    ],
)
def test_prune_preset(run, keep, best, expected):
    for step in (5, 4, 3, 2, 1):
        commit(run, step, FIRST, {})
    if best is not None:
        point(run, "best", best, {})
    prune(run, keep)
    assert committed_steps(run) == expected


def test_prune_counts_only_intact(run):
    """Damaged commits that are newer do not push out the one to resume from."""
    for step in (1, 2, 3, 4):
        commit(run, step, FIRST, {})
    damage(run.checkpoints / "step-00000003" / "state.npz")
    damage(run.checkpoints / "step-00000004" / "meta.json")
    prune(run, keep=1)
    assert committed_steps(run) == [2, 3, 4]
    assert newest_valid(run)[0].step == 2


def test_prune_without_intact(run):
    for step in (1, 2, 3):
        damage(commit(run, step, FIRST, {}) / "state.npz")
    prune(run, keep=1)
    assert committed_steps(run) == [1, 2, 3]


def test_prune_keeps_all_if_pointer_damaged(run):
    for step in (1, 2, 3):
        commit(run, step, FIRST, {})
    point(run, "best", 1, {})
    damage(run.checkpoints / "best.json")
    prune(run, keep=1)
    assert committed_steps(run) == [1, 2, 3]


def test_prune_removes_only_leftovers(run, tmp_path):
    commit(run, 1, FIRST, {})
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_bytes(b"")
    (run.checkpoints / ".tmp-folder").mkdir()
    (run.checkpoints / ".tmp-folder" / "state.npz").write_bytes(b"")
    (run.checkpoints / ".tmp-file").write_bytes(b"")
    (run.checkpoints / ".tmp-link").symlink_to(precious)
    (run.checkpoints / "step-00000000").symlink_to(precious)
    for other in ("notes.txt", "step-1", "step-0000000x", "best.json.bak"):
        (run.checkpoints / other).write_bytes(b"")
    prune(run, keep=1)
    assert names(run.checkpoints) == [
        "best.json.bak",
        "notes.txt",
        "step-00000000",
        "step-00000001",
        "step-0000000x",
        "step-1",
    ]
    assert names(precious) == ["file"]


def test_prune_rejects_keep(run):
    with pytest.raises(ValueError, match="keep must be at least 1, got 0"):
        prune(run, 0)


def test_prune_full_of_faults(run, monkeypatch):
    for step in (1, 2, 3):
        commit(run, step, FIRST, {})

    def fail(*_):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(EnvironmentFault, match=r"can't tidy .*checkpoints: Read-only file system"):
        prune(run, keep=1)
    assert committed_steps(run) == [1, 2, 3]
