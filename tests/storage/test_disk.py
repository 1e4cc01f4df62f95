import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from stnctl.errors import EnvironmentFault
from stnctl.storage.disk import check_space, check_writable, explain_os_errors, make_folder


def fake_disk(monkeypatch, *, blocks, free):
    status = SimpleNamespace(f_blocks=blocks, f_bavail=free, f_frsize=512)
    monkeypatch.setattr(os, "statvfs", lambda _: status)


def test_check_space_preset(tmp_path, monkeypatch):
    fake_disk(monkeypatch, blocks=100, free=4)
    check_space(tmp_path, 2048)
    with pytest.raises(EnvironmentFault, match="has 2,048 bytes free, 2,049 are needed"):
        check_space(tmp_path, 2049)


def test_check_space_disk_without_size(tmp_path, monkeypatch):
    fake_disk(monkeypatch, blocks=0, free=0)
    check_space(tmp_path, 2**40)


def test_check_space_real_disk(tmp_path):
    check_space(tmp_path, 1)
    with pytest.raises(EnvironmentFault, match="bytes free"):
        check_space(tmp_path, 2**62)


def test_check_space_missing_folder(tmp_path):
    check_space(tmp_path / "x" / "y", 1)
    with pytest.raises(EnvironmentFault, match=r"the disk of .*/x/y has .* bytes free"):
        check_space(tmp_path / "x" / "y", 2**62)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_explain_os_errors_permission(tmp_path, number):
    with pytest.raises(EnvironmentFault, match=r"can't try .*; all is safe") as caught:  # noqa: SIM117
        with explain_os_errors(tmp_path / "file", safe="all is safe", doing="try"):
            raise OSError(number, os.strerror(number))
    assert f"permissions of {tmp_path}" in caught.value.hint


@pytest.mark.parametrize("folder", [".", "new", "new/below"])
def test_check_writable_leaves_nothing(tmp_path, folder):
    check_writable(tmp_path / folder)
    assert list(tmp_path.iterdir()) == []


def test_check_writable_rejects(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentFault, match=r"file/runs: .*file exists and is not a folder"):
        check_writable(tmp_path / "file" / "runs")

    def fail(*_):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(EnvironmentFault, match=r"can't write in .*/x: Read-only file system"):
        check_writable(tmp_path / "x")


def test_make_folder_makes_parents(tmp_path):
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("below", ["", "b", "b/c"])
@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("nowhere")])
def test_make_folder_rejects_file(tmp_path, below, make):
    file = tmp_path / "a"
    make(file)
    message = f"can't create the folder {file / below}: {file} exists and is not a folder"
    with pytest.raises(EnvironmentFault, match=message) as caught:
        make_folder(file / below)
    assert caught.value.hint == f"move {file} away, or choose another folder"
