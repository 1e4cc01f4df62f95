import hashlib
import os
from types import SimpleNamespace

import numpy as np
import pytest

from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.checkpoint_reader import follow_pointer, load_checkpoint
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.runs.pointers import read_pointer

FIRST = {"weights": np.arange(1000.0)}
SECOND = {"weights": np.arange(1000.0) + 0.5}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def damage(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_save_checkpoint_roundtrip(run, arrays):
    meta = {"epoch": 1, "best": {"accuracy": 0.5}, "order": [3, 1]}
    folder = save_checkpoint(run, 1875, arrays, meta)
    assert folder == run.checkpoints / "step-00001875"
    assert names(run.checkpoints) == ["step-00001875"]
    assert names(folder) == ["meta.json", "state.npz"]

    found = load_checkpoint(run, 1875)
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


@pytest.mark.parametrize("step", [0, 99_999_999, 100_000_000, 10**12])
def test_save_checkpoint_roundtrip_step(run, step):
    save_checkpoint(run, step, FIRST, {})
    assert checkpoint_steps(run) == [step]
    assert load_checkpoint(run, step).step == step


@pytest.mark.parametrize(
    ("step", "stored", "meta", "message"),
    [
        (-1, FIRST, {}, "step must be 0 to 1000000000000, got -1"),
        (10**12 + 1, FIRST, {}, "step must be 0 to 1000000000000, got 1000000000001"),
        (1, {"../a": np.zeros(1)}, {}, "an array can't be named '../a'"),
        (1, {"a": np.array([None])}, {}, "'a' must hold numbers"),
        (1, FIRST, {"step": 2, "arrays": {}}, "reserved keys in meta: arrays, step"),
        (1, FIRST, {"sha256": ""}, "the key 'sha256' is reserved"),
        (1, FIRST, {"loss": float("nan")}, "not JSON compliant"),
    ],
)
def test_save_checkpoint_rejects(run, step, stored, meta, message):
    with pytest.raises(ValueError, match=message):
        save_checkpoint(run, step, stored, meta)
    assert not run.checkpoints.exists()


@pytest.mark.parametrize("name", ["state", "meta"])
def test_save_checkpoint_rejects_large_files(run, monkeypatch, name):
    monkeypatch.setattr(
        "stnctl.runs.checkpoint_writer.MAX_STATE_BYTES", 8000 if name == "state" else 10**6
    )
    meta = {"note": "x" * 2**20} if name == "meta" else {}
    with pytest.raises(ValueError, match=r"may have [\d,]+ bytes, got"):
        save_checkpoint(run, 1, FIRST, meta)
    assert not run.checkpoints.exists()


def test_save_checkpoint_keeps_equal(run):
    folder = save_checkpoint(run, 1, FIRST, {"epoch": 1})
    before = folder.stat().st_ino
    save_checkpoint(run, 1, FIRST, {"epoch": 1})
    assert folder.stat().st_ino == before


def test_save_checkpoint_replaces_different_meta(run):
    """The last step of an epoch is saved before the validation, and again after it."""
    save_checkpoint(run, 1, FIRST, {"epoch": 1})
    save_checkpoint(run, 1, FIRST, {"epoch": 2})
    assert load_checkpoint(run, 1).meta["epoch"] == 2


@pytest.mark.parametrize("file", ["state.npz", "meta.json", None])
def test_save_checkpoint_replaces_damaged_or_different(run, file):
    folder = save_checkpoint(run, 1, SECOND if file is None else FIRST, {"epoch": 1})
    if file is not None:
        damage(folder / file)
    save_checkpoint(run, 1, FIRST, {"epoch": 2})
    assert load_checkpoint(run, 1).meta["epoch"] == 2
    np.testing.assert_array_equal(load_checkpoint(run, 1).arrays["weights"], FIRST["weights"])


def test_save_checkpoint_full_disk(run, run_python):
    save_checkpoint(run, 1, FIRST, {})
    output = run_python(
        """
        import resource, sys
        from pathlib import Path
        import numpy as np
        from stnctl.errors import EnvironmentFault
        from stnctl.runs.directory import RunDirectory
        from stnctl.runs.checkpoint_writer import save_checkpoint

        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        try:
            save_checkpoint(
                RunDirectory(Path(sys.argv[1])), 2, {"weights": np.arange(1000.0)}, {}
            )
        except EnvironmentFault as fault:
            print(fault.exit_code, fault)
        """,
        run.path,
    )
    assert output.startswith(f"4 can't write {run.checkpoints}/step-00000002: File too large (")
    assert "bytes free); the earlier checkpoints are unchanged" in output
    assert names(run.checkpoints) == ["step-00000001"]
    np.testing.assert_array_equal(load_checkpoint(run, 1).arrays["weights"], FIRST["weights"])


def test_save_checkpoint_interrupted(run, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(run, 1, FIRST, {})
    assert names(run.checkpoints) == []


def test_set_pointer_roundtrip(run):
    for step in (1, 2):
        save_checkpoint(run, step, FIRST, {})
    set_pointer(run, "best", 1, {"accuracy": 0.9})
    set_pointer(run, "last", 1, {})
    set_pointer(run, "last", 2, {})
    assert follow_pointer(run, "best").step == 1
    assert follow_pointer(run, "last").step == 2
    assert read_pointer(run, "best")["accuracy"] == 0.9


def test_set_pointer_rejects_step_without_checkpoint(run):
    with pytest.raises(InputError, match=r"step-00000001/meta\.json does not exist"):
        set_pointer(run, "best", 1, {})


def test_set_pointer_rejects_reserved(run):
    save_checkpoint(run, 1, FIRST, {})
    with pytest.raises(ValueError, match="reserved keys in meta: step"):
        set_pointer(run, "best", 1, {"step": 2})


def test_save_checkpoint_checks_space_first(run, monkeypatch):
    save_checkpoint(run, 1, {"a": np.zeros(8)}, {})
    status = SimpleNamespace(f_blocks=100, f_bavail=1, f_frsize=512)
    monkeypatch.setattr(os, "statvfs", lambda _: status)
    with pytest.raises(EnvironmentFault, match="has 512 bytes free"):
        save_checkpoint(run, 2, {"a": np.zeros(8)}, {})
    assert checkpoint_steps(run) == [1]
    assert [path.name for path in run.checkpoints.iterdir()] == ["step-00000001"]
