"""The real command in a child process that sends itself a signal at a chosen moment.

The product has no code for this: the child listens to its own audit events, which Python raises
before each system call.
"""

import signal
import subprocess
from pathlib import Path

from tests.cli.fork_server import fork_server

LISTENER = """
import os, sys

moments = {moments!r}.split()

def listen(event, arguments):
    if not moments:
        return
    wanted, _, name = moments[0].partition(":")
    path = arguments[1 if event == "os.rename" else 0] if event == wanted else None
    if isinstance(path, int | type(None)):
        return
    if os.path.basename(os.fsdecode(path)).startswith(name):
        del moments[0]
        if not moments:
            os.kill(os.getpid(), {number})

sys.addaudithook(listen)
"""


def run_until(
    folder: Path,
    moments: str,
    *arguments: str,
    number: int = signal.SIGKILL,
    backend: str = "tensorflow",
) -> subprocess.CompletedProcess[str]:
    """Run a command in ``folder`` until it sends itself a signal.

    Args:
        folder: Working directory of the command.
        moments: Audit events in their expected order, separated by blanks, each with the first
            letters of a file name: "os.rename:last.json" (of a rename, the new name). The signal
            is sent just before the last of them.
        arguments: Arguments of stnctl.
        number: The signal, default SIGKILL.
        backend: The Keras backend.
    """
    prelude = LISTENER.format(moments=moments, number=int(number))
    return fork_server(backend).run(arguments, folder, prelude=prelude)
