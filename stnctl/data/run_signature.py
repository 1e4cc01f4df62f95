"""Signature of the data path in run.json, with a secret key in the user's cache.

An untrusted run may name any path of this machine as its data. So a training signs the path of its
data with the secret key of the user. Later, a data path in run.json is used only if its signature
is valid.
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

from stnctl.storage.atomic import flush_to_disk
from stnctl.storage.cache_folder import cache_folder
from stnctl.storage.regular_file import RejectedFileError, open_regular_file
from stnctl.storage.temporary import temporary_beside

KEY_FILE = "ownership.key"
SECRET_BYTES = 32


def sign_source(source: str, sha256: str) -> str | None:
    """Return the signature of a data set by this user, or None if no secret key can be stored.

    Args:
        source: Path of the data set, as in run.json.
        sha256: Hash of its content, from `stnctl.data.dataset.content_sha256`.
    """
    path = cache_folder() / KEY_FILE
    secret = _read_secret(path) or _create_secret(path)
    return None if secret is None else _sign(secret, source, sha256)


def is_signed_by_user(data: Mapping[str, Any]) -> bool:
    """Return whether the section ``data`` of a run.json has a valid signature of this user.

    Args:
        data: The section, which is not trusted. Its keys ``source`` and ``sha256`` are signed; the
            optional key ``mark`` is the signature.
    """
    signature, secret = data.get("mark"), _read_secret(cache_folder() / KEY_FILE)
    if not isinstance(signature, str) or secret is None:
        return False
    expected = _sign(secret, data.get("source"), data.get("sha256"))
    return hmac.compare_digest(expected.encode(), signature.encode(errors="surrogatepass"))


def _sign(secret: bytes, source: Any, sha256: Any) -> str:
    message = json.dumps([source, sha256]).encode()  # the list separates the two texts
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def _read_secret(path: Path) -> bytes | None:
    """Return the secret key; None unless its file exists and only this user can access it."""
    try:
        descriptor = open_regular_file(path, follow_links=False)
    except (OSError, RejectedFileError):
        return None
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if status.st_uid != os.geteuid() or status.st_mode & 0o077:
            return None
        secret = file.read(SECRET_BYTES + 1) or b""
    return secret if len(secret) == SECRET_BYTES else None


def _create_secret(path: Path) -> bytes | None:
    """Create the secret key, unless another process has done so by now, and return the key."""
    temporary = temporary_beside(path)
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        descriptor = os.open(temporary, flags, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            flush_to_disk(descriptor)
        _put_in_place(temporary, path)
    with contextlib.suppress(OSError):
        temporary.unlink()
    return _read_secret(path)


def _put_in_place(temporary: Path, path: Path) -> None:
    """Rename a new key to its name, but replace neither a valid key nor a special file."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        if _read_secret(path) is None and stat.S_ISREG(path.lstat().st_mode):
            temporary.replace(path)
