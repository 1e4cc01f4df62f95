import os
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from stnctl.data.run_signature import KEY_FILE, SECRET_BYTES, is_signed_by_user, sign_source

DATA = {"source": "data/my digits.npz", "sha256": "ab" * 32}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "home" / "cache"
    monkeypatch.setenv("STNCTL_CACHE_DIR", str(folder))
    return folder


def signed(**changes):
    return DATA | {"mark": sign_source(DATA["source"], DATA["sha256"])} | changes


def test_is_signed_by_user_accepts_own_signature():
    assert is_signed_by_user(signed())


def test_sign_source_creates_a_key_that_only_the_user_can_read(cache):
    sign_source(**DATA)
    secret = cache / KEY_FILE
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert len(secret.read_bytes()) == SECRET_BYTES
    assert [path.name for path in cache.iterdir()] == [KEY_FILE]


def test_is_signed_by_user_rejects_another_user(cache, tmp_path, monkeypatch):
    theirs = signed()
    monkeypatch.setenv("STNCTL_CACHE_DIR", str(tmp_path / "other"))
    assert sign_source(**DATA) != theirs["mark"]
    assert not is_signed_by_user(theirs)


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "data/my digits.npy"},
        {"sha256": "ac" * 32},
        {"source": DATA["source"] + "a", "sha256": DATA["sha256"][1:]},
        {"source": None},
        {"mark": None},
        {"mark": ""},
        {"mark": "0" * 64},
        {"mark": "\u00e9\ud800"},
        {"mark": 5},
    ],
)
def test_is_signed_by_user_rejects_changes(changes):
    assert not is_signed_by_user(signed(**changes))


def test_is_signed_by_user_creates_no_key(cache):
    assert not is_signed_by_user(DATA | {"mark": "0" * 64})
    assert not cache.exists()


def test_sign_source_accepts_a_path_that_is_not_utf8():
    source = os.fsdecode(b"data-\xff.npz")
    assert is_signed_by_user({"source": source, "sha256": "", "mark": sign_source(source, "")})


def test_sign_source_in_parallel_gives_one_signature():
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: sign_source(**DATA), range(16)))) == 1


def test_sign_source_returns_none_without_a_cache(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STNCTL_CACHE_DIR", str(tmp_path / "file"))
    assert sign_source(**DATA) is None
    assert not is_signed_by_user(DATA)


def readable(secret, _):
    secret.chmod(0o644)


def short(secret, _):
    secret.write_bytes(b"1" * (SECRET_BYTES - 1))


def link(secret, folder):
    secret.replace(folder / "elsewhere")
    secret.symlink_to(folder / "elsewhere")


def pipe(secret, _):
    secret.unlink()
    os.mkfifo(secret, 0o600)


@pytest.mark.parametrize("spoil", [link, pipe])
def test_sign_source_rejects_a_key_that_is_no_regular_file(cache, tmp_path, spoil):
    mine = signed()
    spoil(cache / KEY_FILE, tmp_path)
    assert sign_source(**DATA) is None
    assert not is_signed_by_user(mine)


@pytest.mark.parametrize("spoil", [readable, short])
def test_sign_source_replaces_an_invalid_key(cache, tmp_path, spoil):
    """Other users may have read it, or a power failure left a part of it."""
    mine = signed()
    spoil(cache / KEY_FILE, tmp_path)
    assert not is_signed_by_user(mine)
    replaced = signed()
    assert is_signed_by_user(replaced)
    assert not is_signed_by_user(mine)
    assert (cache / KEY_FILE).stat().st_mode & 0o077 == 0
