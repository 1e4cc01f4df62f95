"""A downloader that leaves nothing half done: a file appears whole and verified, or not at all."""

import hashlib
import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from stnctl.errors import EnvironmentFault
from stnctl.storage.atomic import replacing
from stnctl.storage.temporary import TEMPORARY_PREFIX, remove_unless_open

Progress = Callable[[int, int | None], None]
"""Called with the bytes that came, and the bytes to come in all, if the server says so."""

_CHUNK = 2**16
_OLD = 3600.0
"""Seconds after its last byte when a temporary file is surely of no download that goes on."""


class DownloadError(EnvironmentFault):
    """A file can't be downloaded. No file was changed."""


def download(
    url: str,
    target: Path,
    *,
    sha256: str,
    max_bytes: int,
    timeout: float = 10.0,
    progress: Progress | None = None,
) -> None:
    """Download a known file; ``target`` is replaced once all of it has come and is verified.

    What killed downloads left in its folder more than an hour ago is removed.

    Args:
        url: Of http or https; so is what it may redirect to.
        target: Where it goes. Its folder is made.
        sha256: What its bytes must hash to.
        max_bytes: Where to stop reading.
        timeout: Seconds to wait for a connection, and for each next piece.
        progress: Told after each piece.

    Raises:
        DownloadError: If the server can't be reached, stalls, sends too little, too much or
            something else, or if ``target`` can't be written.
    """
    digest = hashlib.sha256()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(target.parent)
        with replacing(target) as file:
            for piece in _receive(url, max_bytes, timeout, progress or _silent):
                digest.update(piece)
                file.write(piece)
            if digest.hexdigest() != sha256:
                raise DownloadError(
                    f"{url} is another file: its sha256 is {digest.hexdigest()}, expected {sha256}"
                )
    except OSError as error:
        raise DownloadError(f"can't write {target}: {error.strerror or error}") from error


def _remove_leftovers(folder: Path) -> None:
    """Remove old temporary files that nobody writes; one that can't be removed does no harm."""
    for leftover in folder.glob(f"{TEMPORARY_PREFIX}*"):
        with suppress(OSError):
            if time.time() - leftover.lstat().st_mtime > _OLD:
                remove_unless_open(leftover)


def _receive(url: str, max_bytes: int, timeout: float, progress: Progress) -> Iterator[bytes]:
    done = 0
    try:
        if urlsplit(url).scheme not in ("http", "https"):
            raise DownloadError(f"can't download {url}: expected an address of http or https")
        with _opener().open(url, timeout=timeout) as response:
            total: int | None = response.length
            while piece := response.read1(_CHUNK):
                done += len(piece)
                if max(done, total or 0) > max_bytes:
                    raise DownloadError(f"{url} is larger than the {max_bytes:,} bytes expected")
                progress(done, total)
                yield piece
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DownloadError(f"can't download {url}: {_reason(error, timeout)}") from error
    if total is not None and done < total:
        raise DownloadError(f"{url} ended after {done:,} of {total:,} bytes")


def _opener() -> request.OpenerDirector:
    """Return urllib's opener without its handlers of ftp, file and data addresses."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler,
        request.HTTPHandler,
        request.HTTPSHandler,
        request.HTTPDefaultErrorHandler,
        request.HTTPRedirectHandler,
        request.HTTPErrorProcessor,
        request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def _reason(error: Exception, timeout: float) -> str:
    if isinstance(error, HTTPError):
        error.close()
        return f"the server answered {error.code} {error.reason}"
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"the server sent nothing for {timeout:g} seconds"
    if isinstance(cause, socket.gaierror):
        return f"its host can't be found ({cause.strerror})"
    if isinstance(cause, http.client.IncompleteRead):
        return "the connection ended before the file did"
    return str(getattr(cause, "strerror", None) or cause)


def _silent(done: int, total: int | None) -> None:
    """Show no progress."""
