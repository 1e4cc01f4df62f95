"""Runs the real command in a child that kills itself at a chosen moment.

Nothing in the product helps: the child watches its own audit events, which Python raises before
each call to the system.
"""

import signal
import subprocess
from pathlib import Path

from tests.cli.forks import forks

WATCH = """
import os, sys

ahead = {moments!r}.split()

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
            os.kill(os.getpid(), {number})

sys.addaudithook(watch)
"""


def run_until(
    folder: Path, moments: str, *arguments: str, number: int = signal.SIGKILL
) -> subprocess.CompletedProcess[str]:
    """Run a command in ``folder`` until it sends itself a signal, SIGKILL if no other is named.

    Args:
        folder: Where it runs.
        moments: What is to happen in this order, separated by blanks: each an audit event and how
            the name of its file begins, such as "os.rename:last.json" (the new name counts). The
            signal comes just before the last of them.
        arguments: Those of stnctl.
        number: The signal.
    """
    return forks().run(arguments, folder, prelude=WATCH.format(moments=moments, number=int(number)))
