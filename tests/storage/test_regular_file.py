import errno
import os
import stat
from pathlib import Path

import pytest

from stnctl.errors import EnvironmentFault, InputError
from stnctl.storage.regular_file import (
    RejectedFileError,
    open_regular_file,
    read_regular_file,
)

MAKERS = {
    "missing": lambda path: None,
    "folder": lambda path: path.mkdir(),
    "pipe": os.mkfifo,
    "device": lambda path: None,
    "link": lambda path: path.symlink_to("/etc/hostname"),
    "broken link": lambda path: path.symlink_to("nowhere"),
    "socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o600),
    "large": lambda path: path.write_bytes(b"x" * 101),
}
MESSAGES = {
    "missing": "does not exist",
    "folder": "is a folder, expected a regular file",
    "pipe": "is a pipe, socket or device, expected a regular file",
    "device": "is a pipe, socket or device, expected a regular file",
    "link": "is a symbolic link, expected a regular file",
    "broken link": "is a symbolic link, expected a regular file",
    "socket": "is a pipe, socket or device, expected a regular file",
    "large": "has 101 bytes, expected at most 100",
}


def make(tmp_path, name):
    path = Path("/dev/zero") if name == "device" else tmp_path / name
    MAKERS[name](path)
    return path


@pytest.mark.parametrize("name", MAKERS)
def test_read_regular_file_rejects(tmp_path, name):
    path = make(tmp_path, name)
    with pytest.raises(InputError, match=f"{path} {MESSAGES[name]}"):
        read_regular_file(path, 100)


def test_read_regular_file_preset(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_regular_file(path, 100) == b"x" * 100


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("folder", "folder"),
        ("pipe", "special file"),
        ("device", "special file"),
        ("socket", "special file"),
        ("link", "symbolic link"),
        ("broken link", "symbolic link"),
        ("large", "large file"),
    ],
)
@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_WRONLY | os.O_CREAT])
def test_open_regular_file_rejects(tmp_path, name, kind, flags):
    path = make(tmp_path, name)
    with pytest.raises(RejectedFileError) as caught:
        open_regular_file(path, flags, follow_links=False, max_bytes=100)
    assert caught.value.kind == kind


def test_open_regular_file_follows_links(tmp_path):
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    with os.fdopen(open_regular_file(tmp_path / "link", follow_links=True), "rb") as file:
        assert file.read() == b"x"
    (tmp_path / "other").symlink_to(tmp_path)
    with pytest.raises(RejectedFileError, match="other is a folder"):
        open_regular_file(tmp_path / "other", follow_links=True)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        open_regular_file(tmp_path / "loop", follow_links=True)


def num_descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs the list of descriptors")
@pytest.mark.parametrize("name", ["folder", "device", "large"])
def test_open_regular_file_closes_rejected(tmp_path, name):
    path = make(tmp_path, name)
    before = num_descriptors()
    with pytest.raises(RejectedFileError):
        open_regular_file(path, follow_links=False, max_bytes=100)
    assert num_descriptors() == before


def test_read_regular_file_rejects_file_exchanged_for_pipe(tmp_path, monkeypatch):
    """The exchange comes just before the file is opened; the pipe does not block."""
    path = tmp_path / "file"
    path.write_bytes(b"x")
    real_open = os.open

    def swap(*arguments):
        path.unlink()
        os.mkfifo(path)
        return real_open(*arguments)

    monkeypatch.setattr(os, "open", swap)
    with pytest.raises(InputError, match="is a pipe, socket or device"):
        read_regular_file(path, 100)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.EIO, InputError), (errno.ENOTDIR, InputError), (errno.EACCES, EnvironmentFault)],
)
def test_read_regular_file_unreadable(tmp_path, monkeypatch, number, expected):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(expected, match=f"can't read {tmp_path / 'file'}: {os.strerror(number)}"):
        read_regular_file(tmp_path / "file", 100)
