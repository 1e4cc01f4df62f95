"""Tells the runs that this user made from those of strangers, by a secret in the user's cache.

A run.json names where data lies, and whoever wrote it may have named any path of this machine. So
a training marks the path that it read with the user's secret, and only a marked path is followed.
"""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stnctl.data.sources.mnist import cache_folder
from stnctl.storage.temporary import temporary_beside

KEY_FILE = "ownership.key"
SECRET_BYTES = 32


def sign_source(source: str, sha256: str) -> str | None:
    """Return the mark of data that this user trains on; None if no secret can be kept.

    Args:
        source: Where it lies, as run.json tells it.
        sha256: Of its content.
    """
    path = cache_folder() / KEY_FILE
    secret = _read_secret(path) or _make_secret(path)
    return None if secret is None else _sign(secret, source, sha256)


def is_signed_by_user(data: Mapping[str, Any]) -> bool:
    """Return whether the ``data`` of a run.json has the mark that this user's `sign_source` gives it.

    Args:
        data: ``source``, ``sha256`` and perhaps ``sign_source``, of whatever types.
    """
    found, secret = data.get("mark"), _read_secret(cache_folder() / KEY_FILE)
    if not isinstance(found, str) or secret is None:
        return False
    expected = _sign(secret, data.get("source"), data.get("sha256"))
    return hmac.compare_digest(expected.encode(), found.encode(errors="surrogatepass"))


def _sign(secret: bytes, source: Any, sha256: Any) -> str:
    message = json.dumps([source, sha256]).encode()  # a list, so that neither runs into the other
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def _read_secret(path: Path) -> bytes | None:
    """Return the secret; None if there is none that this user alone can read and write."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        private = status.st_uid == os.geteuid() and not status.st_mode & 0o077
        if not stat.S_ISREG(status.st_mode) or not private:
            return None
        secret = file.read(SECRET_BYTES + 1) or b""
    return secret if len(secret) == SECRET_BYTES else None


def _make_secret(path: Path) -> bytes | None:
    """Make the secret, unless one is there by now, and return what lies there."""
    temporary = temporary_beside(path)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(temporary, flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(descriptor)
        _put_in_place(temporary, path)
    with contextlib.suppress(OSError):
        temporary.unlink()
    return _read_secret(path)


def _put_in_place(temporary: Path, path: Path) -> None:
    """Give a new secret its name: not over a good one of another process, nor what is no file."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        if _read_secret(path) is None and stat.S_ISREG(path.lstat().st_mode):
            temporary.replace(path)
