"""Which revision of the code runs.

Git may run programs that the current folder names, so it is asked for a new run only.
"""

import shutil
import subprocess
from typing import Any

_SECONDS = 2.0


def describe_git() -> dict[str, Any] | None:
    """Return ``revision`` and ``dirty`` of the current folder, or None outside a work tree."""
    revision = _git("rev-parse", "HEAD")
    status = _git("status", "--porcelain", "--untracked-files=no")
    if revision is None or status is None:
        return None
    return {"revision": revision.strip(), "dirty": bool(status)}


def _git(*arguments: str) -> str | None:
    """Return what git prints in the current folder, or None. It starts no helper of the folder."""
    program = shutil.which("git")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603, all arguments are our own
            [program, "--no-optional-locks", "-c", "core.fsmonitor=false", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
