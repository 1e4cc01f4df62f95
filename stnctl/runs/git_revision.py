"""Git revision of the current folder. Git runs no file of the folder."""

import os
import re
import select
import shutil
import subprocess
import time
from typing import Any

_SECONDS = 2.0
_MAX_BYTES = 128  # more than a revision has


def describe_git() -> dict[str, Any] | None:
    """Return the git revision of the current folder, or None if it is unknown.

    Returns:
        The keys ``revision``, and ``dirty``: whether a tracked file has uncommitted changes.
    """
    revision = _git("rev-parse", "HEAD")
    status = _git("status", "--porcelain", "--untracked-files=no")
    if status is None or not re.fullmatch(r"[0-9a-f]{40,64}\n", revision or ""):
        return None
    return {"revision": str(revision).strip(), "dirty": bool(status)}


def _git(*arguments: str) -> str | None:
    """Return the first `_MAX_BYTES` of the output of git in the current folder, or None.

    The rest is not read: the status of a large work tree can have gigabytes.
    """
    program = shutil.which("git")
    if program is None:
        return None
    try:
        with subprocess.Popen(  # noqa: S603, all arguments are our own
            [program, "--no-optional-locks", "-c", "core.fsmonitor=false", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                output = _read_start(process.stdout)
                failed = len(output) < _MAX_BYTES and process.wait(_SECONDS) != 0
            finally:
                process.kill()
    except (OSError, subprocess.SubprocessError):
        return None
    return None if failed else output.decode(errors="replace")


def _read_start(pipe: Any) -> bytes:
    """Return the first `_MAX_BYTES` of a pipe, or all bytes if it has fewer.

    Raises:
        TimeoutError: If they do not arrive within `_SECONDS`.
    """
    output, end = b"", time.monotonic() + _SECONDS
    while len(output) < _MAX_BYTES:
        if not select.select([pipe], [], [], max(end - time.monotonic(), 0))[0]:
            raise TimeoutError
        piece = os.read(pipe.fileno(), _MAX_BYTES - len(output))
        if not piece:
            break
        output += piece
    return output
