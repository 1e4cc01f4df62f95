"""Runs the real command in a child that kills itself at a chosen moment.

Nothing in the product helps: the child watches its own audit events, which Python raises before
each call to the system.
"""

import subprocess
import sys
from pathlib import Path

CHILD = """
import os, signal, sys

ahead = sys.argv[1].split()

def watch(event, arguments):
    if not ahead:
        return
    wanted, _, name = ahead[0].partition(":")
    path = arguments[1 if event == "os.rename" else 0] if event == wanted else None
    if path is None or isinstance(path, int):
        return
    if os.path.basename(os.fsdecode(path)).startswith(name):
        del ahead[0]
        if not ahead:
            os.kill(os.getpid(), signal.SIGKILL)

sys.argv = ["stnctl", *sys.argv[2:]]
from stnctl.cli.app import main

sys.addaudithook(watch)
main()
"""


def run_until(folder: Path, moments: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in ``folder`` until it kills itself by SIGKILL.

    Args:
        folder: Where it runs.
        moments: What is to happen in this order, separated by blanks: each an audit event and how
            the name of its file begins, such as "os.rename:last.json" (the new name counts). The
            child dies just before the last of them.
        arguments: Those of stnctl.
    """
    return subprocess.run(
        [sys.executable, "-c", CHILD, moments, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
