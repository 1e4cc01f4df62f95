import os
from pathlib import Path

import pytest

from stnctl.data.sources.user_files import (
    MAX_DECOMPRESSED_BYTES,
    check_decompressed_size,
    missing_file_error,
    open_user_file,
)
from stnctl.errors import EnvironmentFault, InputError


def test_open_user_file_preset(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    (tmp_path / "link").symlink_to("a")
    for name in ("a", "link"):
        with open_user_file(tmp_path / name, "image") as file:
            assert file.read() == b"content"


def test_open_user_file_rejects_folder(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        open_user_file(tmp_path, "image")


def test_open_user_file_rejects_fifo(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=r"image .*pipe is a pipe, socket or device"):
        open_user_file(tmp_path / "pipe", "image")


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file without a size")
def test_open_user_file_rejects_a_file_without_a_size():
    with pytest.raises(InputError, match=r"image /proc/self/mem can't be read: Invalid argument"):
        open_user_file(Path("/proc/self/mem"), "image")


@pytest.mark.parametrize("name", ["nine.pgn", "no/such", "file/in"])
def test_open_user_file_rejects_missing(tmp_path, name):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="does not exist"):
        open_user_file(tmp_path / name, "image")


@pytest.mark.parametrize(
    ("name", "message"),
    [("loop", "Too many levels"), ("x" * 5000, "File name too long"), ("a\0b", "null byte")],
)
def test_open_user_file_rejects_impossible(tmp_path, name, message):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(InputError, match=f"can't be read: .*{message}"):
        open_user_file(tmp_path / name, "image")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_open_user_file_rejects_unreadable(tmp_path):
    (tmp_path / "secret").touch(mode=0)
    with pytest.raises(EnvironmentFault, match="no permission to read image"):
        open_user_file(tmp_path / "secret", "image")


def test_missing_file_error_suggests_the_nearest_name(tmp_path):
    (tmp_path / "nine.png").touch()
    assert "did you mean nine.png?" in str(missing_file_error(tmp_path / "nine.pgn", "image"))
    error = missing_file_error(tmp_path / "mnits", "data set", ("mnist", "digits"))
    assert "expected a path or one of mnist, digits, did you mean mnist?" in str(error)


def test_check_decompressed_size_preset():
    check_decompressed_size("file", 1, 2**24)
    check_decompressed_size("file", 2**17, 2**24 + 1)
    check_decompressed_size("file", MAX_DECOMPRESSED_BYTES, MAX_DECOMPRESSED_BYTES)


@pytest.mark.parametrize(
    ("stored", "decompressed", "message"),
    [
        (200_000, 200_000_000, "would decompress from 200,000 to 200,000,000 bytes"),
        (
            MAX_DECOMPRESSED_BYTES,
            MAX_DECOMPRESSED_BYTES + 1,
            "has 2,147,483,649 bytes, expected at most",
        ),
    ],
)
def test_check_decompressed_size_rejects(stored, decompressed, message):
    with pytest.raises(InputError, match=f"a.npz: x_train {message}"):
        check_decompressed_size("a.npz: x_train", stored, decompressed)


def test_missing_file_error_names_a_broken_link(tmp_path):
    link = tmp_path / "u.png"
    link.symlink_to("gone.png")
    with pytest.raises(InputError, match=r"u.png is a link to gone.png, which does not exist"):
        open_user_file(link, "image")
