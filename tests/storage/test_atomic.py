import errno
import fcntl
import os
import sys
from pathlib import Path

import pytest

from stnctl.errors import EnvironmentFault
from stnctl.storage.atomic import (
    atomic_write,
    flush_to_disk,
    fsync_directory,
    replacing,
    write_synced,
)


def names(folder):
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def calls(monkeypatch):
    """Record (function, file name) of the calls that order a write."""
    recorded, opened = [], {}
    real_open, real_fsync, real_replace = os.open, os.fsync, os.replace

    def spy_open(path, *arguments, **options):
        descriptor = real_open(path, *arguments, **options)
        opened[descriptor] = Path(path).name
        return descriptor

    def spy_fsync(descriptor):
        recorded.append(("fsync", opened[descriptor]))
        real_fsync(descriptor)

    def spy_replace(source, target):
        recorded.append(("replace", Path(target).name))
        real_replace(source, target)

    monkeypatch.setattr(os, "open", spy_open)
    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(os, "replace", spy_replace)
    return recorded


@pytest.mark.parametrize("data", [b"", b"new", b"x" * 1_000_000])
def test_atomic_write_preset(tmp_path, data):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    atomic_write(path, data)
    assert path.read_bytes() == data
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("permissions", [0o400, 0o600, 0o644, 0o666, 0o755, 0o4755])
def test_atomic_write_keeps_permissions(tmp_path, permissions):
    """Those of a file that is replaced, without the bits for another user's rights."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(permissions)
    before = path.stat().st_ino
    atomic_write(path, b"new")
    assert path.stat().st_mode & 0o7777 == permissions & 0o777
    assert path.stat().st_ino != before


def test_atomic_write_new_permissions(tmp_path):
    """Those of any new file, also in place of a link."""
    (tmp_path / "secret").touch(mode=0o600)
    (tmp_path / "link").symlink_to("secret")
    mask = os.umask(0o027)
    try:
        for name in ("file", "link"):
            atomic_write(tmp_path / name, b"new")
            assert (tmp_path / name).stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(mask)


def test_atomic_write_order(tmp_path, calls):
    atomic_write(tmp_path / "file", b"data")
    (first, temporary), *others = calls
    assert first == "fsync"
    assert temporary.startswith(".tmp-")
    assert others == [("replace", "file"), ("fsync", tmp_path.name)]


def test_atomic_write_replaces_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"precious")
    link.symlink_to(target)
    atomic_write(link, b"data")
    assert target.read_bytes() == b"precious"
    assert not link.is_symlink()
    assert link.read_bytes() == b"data"


@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_atomic_write_full_disk(tmp_path, monkeypatch, function):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, function, fail)
    with pytest.raises(
        EnvironmentFault, match=r"file: No space left .* \([\d,]+ bytes free\)"
    ) as e:
        atomic_write(path, b"new")
    assert "the earlier file is unchanged" in str(e.value)
    assert "free some space" in e.value.hint
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_atomic_write_full_disk_without_earlier_file(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(EnvironmentFault, match="; nothing was written"):
        atomic_write(tmp_path / "file", b"new")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(EnvironmentFault, match="; the earlier link is unchanged"):
        atomic_write(tmp_path / "link", b"new")


def test_atomic_write_interrupted(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        atomic_write(tmp_path / "file", b"new")
    assert names(tmp_path) == []


def test_atomic_write_file_size_limit(tmp_path, run_python):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    output = run_python(
        """
        import resource, sys
        from pathlib import Path
        from stnctl.errors import EnvironmentFault
        from stnctl.storage.atomic import atomic_write

        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            atomic_write(Path(sys.argv[1]), b"x" * 5000)
        except EnvironmentFault as fault:
            print(fault)
        """,
        path,
    )
    assert f"can't write {path}: File too large" in output
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_atomic_write_missing_folder(tmp_path):
    with pytest.raises(EnvironmentFault, match="nowhere/file: No such file or directory"):
        atomic_write(tmp_path / "nowhere" / "file", b"")


@pytest.mark.parametrize("kind", ["file", "link"])
def test_write_synced_rejects_existing(tmp_path, kind):
    path = tmp_path / "taken"
    if kind == "file":
        path.write_bytes(b"old")
    else:
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        write_synced(path, b"new")
    assert not (tmp_path / "elsewhere").exists()


def test_fsync_directory_rejects_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        fsync_directory(path)


def test_replacing_roundtrip(tmp_path):
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with replacing(target) as file:
        file.write(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_replacing_keeps_earlier_file_on_failure(tmp_path, error):
    target = tmp_path / "file"
    target.write_bytes(b"old")

    def fail() -> None:
        with replacing(target) as file:
            file.write(b"new")
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_replacing_repeats_after_removal_before_lock(tmp_path, monkeypatch):
    """Another process removes the new file as a leftover, because it has no lock yet."""
    real, removed = fcntl.flock, []

    def remove_first(file, how):
        if not removed:
            removed.extend(tmp_path.iterdir())
            removed[0].unlink()
        return real(file, how)

    monkeypatch.setattr(fcntl, "flock", remove_first)
    atomic_write(tmp_path / "file", b"data")
    assert len(removed) == 1
    assert names(tmp_path) == ["file"]
    assert (tmp_path / "file").read_bytes() == b"data"


@pytest.mark.parametrize(("platform", "calls"), [("linux", []), ("darwin", [51])])
def test_flush_to_disk_empties_the_cache_of_the_disk_on_macos(monkeypatch, platform, calls):
    done = []
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", lambda descriptor, command: done.append(command))
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    flush_to_disk(0)
    assert done == calls
