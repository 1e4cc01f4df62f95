import errno
import os

import pytest

from stnctl.errors import EnvironmentFault
from stnctl.storage.file_sets import write_files


def test_write_files_creates_the_folder(tmp_path):
    paths = write_files(tmp_path / "a" / "b", {"x.json": b"x", "x.png": b"y"})
    assert paths == [tmp_path / "a" / "b" / name for name in ("x.json", "x.png")]
    assert [path.read_bytes() for path in paths] == [b"x", b"y"]


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_write_files_on_a_full_disk_changes_nothing(tmp_path, monkeypatch, failing):
    """The disk is full at the first, the second or the third file."""
    write_files(tmp_path, {"a": b"old", "b": b"old"})
    real, calls = os.open, []

    def fill(path, flags, *mode, **options):
        if flags & os.O_CREAT:
            calls.append(path)
            if len(calls) == failing:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, flags, *mode, **options)

    monkeypatch.setattr(os, "open", fill)
    with pytest.raises(EnvironmentFault, match=r"No space left .*; earlier files are unchanged"):
        write_files(tmp_path, {"a": b"new", "b": b"new", "c": b"new"})
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a": b"old",
        "b": b"old",
    }


def test_write_files_rejects_an_occupied_folder(tmp_path):
    (tmp_path / "x").write_bytes(b"")
    with pytest.raises(EnvironmentFault, match="exists and is not a folder"):
        write_files(tmp_path / "x", {"a": b""})


def test_write_files_rejects_a_folder_with_the_name_of_a_file(tmp_path):
    (tmp_path / "x.json").mkdir()
    with pytest.raises(EnvironmentFault, match=r"x\.json is a folder, expected a file"):
        write_files(tmp_path, {"x.json": b"", "x.png": b""})
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


def test_write_files_flushes_all_files_before_the_first_gets_its_name(tmp_path, monkeypatch):
    """The disk reports an error of the second file only when the file is flushed."""
    flushed, real = [], os.fsync

    def fail(descriptor):
        flushed.append(descriptor)
        if len(flushed) == 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(EnvironmentFault, match="nothing written"):
        write_files(tmp_path, {"a": b"a", "b": b"b"})
    assert list(tmp_path.iterdir()) == []
