import json
import os
import shutil

import numpy as np
import pytest

from stnctl.errors import InputError
from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.checkpoint_reader import (
    follow_pointer,
    is_intact,
    load_checkpoint,
    newest_valid_checkpoint,
    read_meta,
)
from stnctl.runs.checkpoint_writer import save_checkpoint, set_pointer
from stnctl.storage.checksummed_json import checksummed_bytes

WEIGHTS = {"weights": np.arange(20, dtype="float32"), "iterations": np.array(3)}


@pytest.fixture
def folder(run):
    """The checkpoint of step 1."""
    return save_checkpoint(run, 1, WEIGHTS, {"epoch": 1})


def forge(path, **changes):
    """Edit a JSON file and its checksum, as in a forged run."""
    meta = json.loads(path.read_bytes())
    del meta["sha256"]
    path.write_bytes(checksummed_bytes({**meta, **changes}))


@pytest.mark.parametrize("file", ["state.npz", "meta.json"])
def test_is_intact_detects_flips(run, folder, file):
    """In every byte, the bit that its position selects."""
    path = folder / file
    data = path.read_bytes()
    for position in range(len(data)):
        flipped = bytearray(data)
        flipped[position] ^= 1 << position % 8
        path.write_bytes(flipped)
        assert not is_intact(run, 1), position
    path.write_bytes(data)
    assert is_intact(run, 1)


@pytest.mark.parametrize("file", ["state.npz", "meta.json"])
def test_is_intact_detects_truncation(run, folder, file):
    path = folder / file
    data = path.read_bytes()
    for length in (*range(0, len(data), 5), len(data) - 1):
        path.write_bytes(data[:length])
        assert not is_intact(run, 1), length
    path.write_bytes(data + b"\0")
    assert not is_intact(run, 1)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda data: data[:-1], r"state\.npz has [\d,]+ bytes, expected [\d,]+: it was damaged"),
        (lambda data: data[:-1] + b"\1", r"state\.npz does not match the sha256 in meta\.json"),
    ],
)
def test_load_checkpoint_rejects_damaged_state(run, folder, edit, message):
    path = folder / "state.npz"
    path.write_bytes(edit(path.read_bytes()))
    with pytest.raises(InputError, match=message) as caught:
        load_checkpoint(run, 1)
    assert caught.value.hint == "restore a copy of it, or train again"


def test_load_checkpoint_verifies_before_it_parses(run, folder, monkeypatch):
    monkeypatch.setattr("stnctl.runs.checkpoint_reader.unpack_arrays", pytest.fail)
    (folder / "state.npz").write_bytes(b"x")
    with pytest.raises(InputError):
        load_checkpoint(run, 1)


@pytest.mark.parametrize("file", ["state.npz", "meta.json"])
@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_load_checkpoint_rejects_other_kinds(run, folder, file, kind):
    path = folder / file
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(
        InputError, match=f"{file} (does not exist|is a folder|is a pipe, socket or device)"
    ):
        load_checkpoint(run, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_version": 2}, r"meta\.json must have schema_version 1, got 2"),
        ({"step": 2}, r"meta\.json must have step 1, got 2"),
        ({"arrays": []}, r"meta\.json has no 'arrays' of type dict"),
        ({"state_bytes": True}, r"meta\.json has no 'state_bytes' of type int"),
        ({"state_bytes": 2**32 + 1}, r"must have state_bytes of 0 to 4,294,967,296, got"),
        ({"state_bytes": -1}, r"must have state_bytes of 0 to 4,294,967,296, got -1"),
        ({"arrays": {}}, r"state\.npz: .* array 'iterations' is unexpected"),
        ({"arrays": {"weights": 1}}, r"meta\.json: array 'weights' must have a shape"),
        ({"arrays": {"../weights": 1}}, r"meta\.json: an array can't be named '../weights'"),
        (
            {"arrays": {"weights": {"shape": [2**31] * 8, "dtype": "int8"}}},
            r"meta\.json: its arrays need .* bytes, the file has",
        ),
    ],
)
def test_load_checkpoint_rejects_forged_meta(run, folder, changes, message):
    forge(folder / "meta.json", **changes)
    with pytest.raises(InputError, match=message):
        load_checkpoint(run, 1)


def test_load_checkpoint_rejects_renamed_folder(run, folder):
    folder.rename(run.checkpoints / "step-00000002")
    with pytest.raises(InputError, match=r"step-00000002/meta\.json must have step 2, got 1"):
        load_checkpoint(run, 2)


def test_load_checkpoint_rejects_unknown_step(run, folder):
    with pytest.raises(InputError, match="x has no checkpoint of step 7; it has: 1"):
        load_checkpoint(run, 7)
    shutil.rmtree(run.checkpoints)
    with pytest.raises(InputError, match="x has no checkpoint of step 7; it has: none"):
        load_checkpoint(run, 7)


@pytest.mark.parametrize("name", ["best", "last"])
def test_follow_pointer_rejects_missing(run, folder, name):
    with pytest.raises(InputError, match=rf"no {name} checkpoint yet: .* {name}\.json") as caught:
        follow_pointer(run, name)
    assert caught.value.exit_code == 3
    assert caught.value.hint == f"continue the training: stnctl train --resume {run.path}"


def test_follow_pointer_never_falls_back(run, folder):
    save_checkpoint(run, 2, WEIGHTS, {})
    set_pointer(run, "best", 2, {})
    (run.checkpoints / "step-00000002" / "state.npz").write_bytes(b"")
    with pytest.raises(InputError, match=r"step-00000002/state\.npz has 0 bytes"):
        follow_pointer(run, "best")
    shutil.rmtree(run.checkpoints / "step-00000002")
    with pytest.raises(InputError, match="no checkpoint of step 2; it has: 1"):
        follow_pointer(run, "best")


def test_follow_pointer_that_moves(run, folder):
    """A training moves the pointer and removes the old checkpoint at the same time."""
    save_checkpoint(run, 2, WEIGHTS, {})
    set_pointer(run, "best", 1, {})

    def read_late(run, step):
        if step == 1:
            set_pointer(run, "best", 2, {})
            shutil.rmtree(run.checkpoints / "step-00000001")
        return load_checkpoint(run, step)

    assert follow_pointer(run, "best", read_late).step == 2


def test_follow_pointer_rejects_damaged_pointer(run, folder):
    set_pointer(run, "best", 1, {})
    path = run.checkpoints / "best.json"
    path.write_bytes(path.read_bytes().replace(b'"step": 1', b'"step": 2'))
    with pytest.raises(InputError, match=r"best\.json does not match its own sha256"):
        follow_pointer(run, "best")


@pytest.mark.parametrize("step", [-1, 10**12 + 1, 10**4000])
def test_read_pointer_rejects_step(run, folder, step):
    set_pointer(run, "best", 1, {})
    forge(run.checkpoints / "best.json", step=step)
    with pytest.raises(InputError, match=r"best\.json must have a step of 0 to 1000000000000, got"):
        follow_pointer(run, "best")


@pytest.mark.parametrize("version", [2, True, None, "1"])
def test_read_pointer_rejects_version(run, folder, version):
    set_pointer(run, "best", 1, {})
    forge(run.checkpoints / "best.json", schema_version=version)
    with pytest.raises(InputError, match=r"best\.json .*schema_version"):
        follow_pointer(run, "best")


@pytest.mark.parametrize("name", ["checkpoints", "checkpoints/step-00000001"])
def test_load_checkpoint_rejects_linked_folder(run, folder, tmp_path, name):
    set_pointer(run, "last", 1, {})
    moved = (run.path / name).rename(tmp_path / "moved")
    (run.path / name).symlink_to(moved)
    with pytest.raises(InputError, match="no checkpoint of step 1; it has: none"):
        load_checkpoint(run, 1)
    assert checkpoint_steps(run) == []


@pytest.mark.parametrize("name", ["state.npz", "meta.json"])
def test_load_checkpoint_rejects_linked_file(run, folder, tmp_path, name):
    moved = (folder / name).rename(tmp_path / "moved")
    (folder / name).symlink_to(moved)
    with pytest.raises(InputError, match=f"{name} is a symbolic link, expected a regular file"):
        load_checkpoint(run, 1)


def test_load_checkpoint_rejects_large_state(run, folder):
    """A sparse file of a terabyte is rejected before it is read."""
    os.truncate(folder / "state.npz", 2**40)
    with pytest.raises(InputError, match=r"state\.npz has 1,099,511,627,776 bytes, expected"):
        load_checkpoint(run, 1)
    forge(folder / "meta.json", state_bytes=2**40)
    with pytest.raises(InputError, match=r"must have state_bytes of 0 to 4,294,967,296, got"):
        load_checkpoint(run, 1)


def test_load_checkpoint_old_folder(run, folder):
    folder.rename(run.checkpoints / "step-00000001.old")
    assert checkpoint_steps(run) == [1]
    assert load_checkpoint(run, 1).meta["epoch"] == 1


def test_newest_valid_checkpoint_preset(run):
    assert newest_valid_checkpoint(run) == (None, [])
    for step, time in ((9, 4e9), (1_000_000_000, 0), (900_000_000, 3e9)):
        os.utime(save_checkpoint(run, step, WEIGHTS, {}), (time, time))
    found, warnings = newest_valid_checkpoint(run)
    assert found.step == 1_000_000_000
    assert warnings == []


def test_newest_valid_checkpoint_skips_damaged(run):
    for step in (1, 2, 3):
        save_checkpoint(run, step, WEIGHTS, {})
    (run.checkpoints / "step-00000003" / "state.npz").write_bytes(b"")
    (run.checkpoints / "step-00000002" / "meta.json").unlink()
    found, warnings = newest_valid_checkpoint(run)
    assert found.step == 1
    assert [warning[:35] for warning in warnings] == [
        "skipped the checkpoint of step 3: /",
        "skipped the checkpoint of step 2: /",
    ]
    assert "state.npz has 0 bytes" in warnings[0]
    assert "meta.json does not exist" in warnings[1]


def test_newest_valid_checkpoint_none_left(run, folder):
    (folder / "meta.json").write_bytes(b"")
    found, warnings = newest_valid_checkpoint(run)
    assert found is None
    assert len(warnings) == 1


def test_checkpoint_steps_ignores_others(run, folder, tmp_path):
    (run.checkpoints / "step-00000002").write_bytes(b"")
    (run.checkpoints / "step-00000003").symlink_to(folder)
    for name in (".tmp-step-00000004", "step-5", "step-00000006.bak", "old-step-00000007"):
        (run.checkpoints / name).mkdir()
    assert checkpoint_steps(run) == [1]


def test_read_meta_roundtrip(run, folder):
    assert read_meta(run, 1) == load_checkpoint(run, 1).meta
