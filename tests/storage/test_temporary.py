import fcntl
import os

import pytest

from stnctl.storage.temporary import (
    discard,
    list_temporary,
    remove_temporary,
    remove_unless_open,
    temporary_beside,
)


def test_temporary_beside_preset(tmp_path):
    names = {temporary_beside(tmp_path / "file") for _ in range(10)}
    assert len(names) == 10
    assert {name.parent for name in names} == {tmp_path}
    assert all(name.name.startswith(".tmp-") for name in names)


def test_discard_preset(tmp_path):
    folder = tmp_path / "folder"
    discard(folder)
    folder.mkdir()
    discard(folder)
    assert [path.name[:5] for path in tmp_path.iterdir()] == [".tmp-"]


def test_remove_temporary_keeps_others(tmp_path):
    kept = tmp_path / "folder"
    (tmp_path / ".tmp-folder" / "inner").mkdir(parents=True)
    kept.mkdir()
    (kept / ".tmp-file").touch()
    (tmp_path / ".tmp-file").touch()
    (tmp_path / ".tmp-link").symlink_to(kept)
    remove_temporary(tmp_path)
    assert list(tmp_path.rglob("*")) == [kept, kept / ".tmp-file"]


def test_list_temporary_follows_no_link(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / ".tmp-file").touch()
    (tmp_path / "link").symlink_to("folder")
    assert list_temporary(tmp_path / "folder") == [tmp_path / "folder" / ".tmp-file"]
    assert list_temporary(tmp_path / "link") == []


def test_remove_unless_open_preset(tmp_path):
    path = tmp_path / ".tmp-file"
    path.touch()
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        remove_unless_open(path)
        assert path.exists()
    remove_unless_open(path)
    assert not path.exists()
    remove_unless_open(path)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("file")])
def test_remove_unless_open_keeps_other_kinds(tmp_path, make):
    (tmp_path / "file").touch()
    path = tmp_path / ".tmp-1"
    make(path)
    remove_unless_open(path)
    assert os.path.lexists(path)
    assert (tmp_path / "file").exists()
