"""Download of a file with a known hash. An incomplete or different file is never stored."""

import hashlib
import http.client
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit

from stnctl.config.messages import hide_credentials, shorten
from stnctl.errors import EnvironmentFault
from stnctl.storage.atomic import replacing
from stnctl.storage.temporary import old_temporary, remove_unless_open

Progress = Callable[[int, int | None], None]
"""Called with the number of received bytes and the total, None if the total is unknown."""

_CHUNK = 2**16
_MAX_SHOWN = 200


class DownloadError(EnvironmentFault):
    """Error of a download. No file was changed."""


class SourceUnavailable(EnvironmentFault):
    """Error of a data set that is not on this machine and can't be downloaded."""


def download(
    url: str,
    target: Path,
    *,
    checksum: str,
    max_bytes: int,
    timeout: float = 10.0,
    progress: Progress | None = None,
) -> None:
    """Download a file with a known hash.

    The file ``target`` is replaced only after the download is complete and its hash is verified.
    Temporary files of killed downloads in the same folder are removed if they are an hour old.

    Args:
        url: An http or https address. Redirects must have one of these schemes, too. A user name
            and a password in it are sent to this host only, and are not shown in messages.
        target: The file to write. Its folder is created if it does not exist.
        checksum: Algorithm and expected hash of the file in hexadecimal digits, such as
            "sha256:9f86d0...". MD5 finds damage, but not a file that was forged to have this hash.
        max_bytes: The maximum size of the file.
        timeout: Seconds to wait for a connection, and for each part of the file.
        progress: Called after each received part.

    Raises:
        DownloadError: If the server can't be reached or sends no data for ``timeout`` seconds, if
            the received file is incomplete, too large or different, or if ``target`` can't be
            written.
    """
    algorithm, _, expected = checksum.partition(":")
    digest, shown = hashlib.new(algorithm, usedforsecurity=False), _shown(url)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(target.parent)
        with replacing(target) as file:
            for piece in _receive(url, max_bytes, timeout, progress or _no_progress):
                digest.update(piece)
                file.write(piece)
            if digest.hexdigest() != expected:
                raise DownloadError(
                    f"{shown} is another file: its {algorithm} is {digest.hexdigest()}, expected "
                    f"{expected}"
                )
    except OSError as error:
        raise DownloadError(f"can't write {target}: {error.strerror or error}") from error


def _remove_leftovers(folder: Path) -> None:
    """Remove old temporary files that no process writes; ignore one that can't be removed."""
    for leftover in old_temporary(folder):
        with suppress(OSError):
            remove_unless_open(leftover)


def _receive(url: str, max_bytes: int, timeout: float, progress: Progress) -> Iterator[bytes]:
    done, shown = 0, _shown(url)
    try:
        if urlsplit(url).scheme not in ("http", "https"):
            raise DownloadError(f"can't download {shown}: expected an http or https address")
        with _opener().open(_request(url), timeout=timeout) as response:
            total: int | None = response.length
            while piece := response.read1(_CHUNK):
                done += len(piece)
                if max(done, total or 0) > max_bytes:
                    raise DownloadError(f"{shown} is larger than the {max_bytes:,} bytes expected")
                progress(done, total)
                yield piece
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise DownloadError(f"can't download {shown}: {_reason(error, timeout)}") from error
    if total is not None and done < total:
        raise DownloadError(f"{shown} ended after {done:,} of {total:,} bytes")


def _shown(url: str) -> str:
    """Return a URL for a message, without credentials. The URL may lack a scheme."""
    hidden = hide_credentials(url if "://" in url else f"://{url}")
    return shorten(hidden.removeprefix("://"), _MAX_SHOWN)


def _plain(reason: str) -> str:
    return shorten(hide_credentials(reason), _MAX_SHOWN)


def _request(url: str) -> request.Request:
    """Return the request of a URL. A user name and a password in it are not sent to other hosts."""
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    found = request.Request(urlunsplit(parts._replace(netloc=host)))  # noqa: S310 - checked above
    if at:
        encoded = b64encode(unquote_to_bytes(login)).decode("ascii")
        found.add_unredirected_header("Authorization", f"Basic {encoded}")
    return found


def _opener() -> request.OpenerDirector:
    """Return urllib's opener without its handlers for ftp, file and data addresses."""
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
        return f"the server answered {error.code} {_plain(str(error.reason))}"
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"the server sent nothing for {timeout:g} seconds"
    if isinstance(cause, socket.gaierror):
        return f"its host can't be found ({cause.strerror})"
    if isinstance(cause, http.client.IncompleteRead):
        return "the connection ended before the file did"
    if isinstance(cause, http.client.InvalidURL) or "netloc" in str(cause):
        return "the address, or that of a redirect, is not valid"  # the text may have a password
    return _plain(str(getattr(cause, "strerror", None) or cause))


def _no_progress(done: int, total: int | None) -> None:
    """Ignore the progress."""
