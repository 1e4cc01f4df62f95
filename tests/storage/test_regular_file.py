import errno
import os
import stat
from pathlib import Path

import pytest

from stnctl.errors import EnvironmentFault, InputError
from stnctl.storage.regular_file import read_bytes

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
    "folder": "is not a regular file",
    "pipe": "is not a regular file",
    "device": "is not a regular file",
    "link": "is a symbolic link, not a file of the run",
    "broken link": "is a symbolic link, not a file of the run",
    "socket": "is not a regular file",
    "large": "has 101 bytes, more than the 100 allowed",
}


@pytest.mark.parametrize("kind", MAKERS)
def test_read_bytes_rejects(tmp_path, kind):
    path = Path("/dev/zero") if kind == "device" else tmp_path / kind
    MAKERS[kind](path)
    with pytest.raises(InputError, match=f"{path} {MESSAGES[kind]}"):
        read_bytes(path, 100)


def test_read_bytes_preset(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_bytes(path, 100) == b"x" * 100


def test_read_bytes_looks_at_what_it_opened(tmp_path, monkeypatch):
    """A file that is swapped for a pipe at the last moment is still refused, without waiting."""
    path = tmp_path / "file"
    path.write_bytes(b"x")
    real_open = os.open

    def swap(*arguments):
        path.unlink()
        os.mkfifo(path)
        return real_open(*arguments)

    monkeypatch.setattr(os, "open", swap)
    with pytest.raises(InputError, match="is not a regular file"):
        read_bytes(path, 100)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.EIO, InputError), (errno.ENOTDIR, InputError), (errno.EACCES, EnvironmentFault)],
)
def test_read_bytes_unreadable(tmp_path, monkeypatch, number, expected):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(expected, match=f"can't read {tmp_path / 'file'}: {os.strerror(number)}"):
        read_bytes(tmp_path / "file", 100)
