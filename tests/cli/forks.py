"""Runs the real command in forks of a process that has loaded Keras, which takes seconds each time.

Each command is a process of its own, with its own arguments, folder, environment, streams and
signals. What is decided while Python or Keras starts, such as a locale, is not: for that, a test
starts a process that is no fork.
"""

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import NoReturn

_MESSAGE_BYTES = 2**17


class Forks:
    """The process that forks. It ends with this one."""

    def __init__(self) -> None:
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.server = subprocess.Popen(
                [sys.executable, "-P", __file__, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        atexit.register(self.close)

    def run(
        self, arguments: Sequence[str], folder: Path, env: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a folder, and return how it ended and what it printed."""
        asked = json.dumps({"arguments": arguments, "folder": str(folder), "env": dict(env)})
        with ExitStack() as stack:
            out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(2))
            ours, theirs = os.pipe()
            status = stack.enter_context(os.fdopen(ours, "rb", buffering=0))
            with os.fdopen(theirs, "wb") as pipe:
                files = [file.fileno() for file in (out, err, pipe)]
                socket.send_fds(self.socket, [asked.encode()], files)
            code = _await(status.fileno(), arguments, timeout)
            said = []
            for file in (out, err):
                file.seek(0)
                said.append(file.read().decode())
        return subprocess.CompletedProcess(arguments, code, *said)

    def close(self) -> None:
        """End the process."""
        self.socket.close()
        self.server.wait(timeout=30)


@cache
def forks() -> Forks:
    """Return the one process that forks."""
    return Forks()


def _await(status: int, arguments: Sequence[str], timeout: float) -> int:
    """Return the exit code that comes through a pipe, after the pid; kill what takes too long."""
    deadline, told = time.monotonic() + timeout, b""
    while select.select([status], [], [], max(0.0, deadline - time.monotonic()))[0]:
        if not (piece := os.read(status, 64)):
            return int(told.split()[1])
        told += piece
    if told:
        os.kill(int(told.split()[0]), signal.SIGKILL)
    raise subprocess.TimeoutExpired(list(arguments), timeout)


def _serve(descriptor: int) -> None:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

    import stnctl.cli.app  # noqa: F401

    gc.freeze()  # what is loaded is not looked at, and so not copied, by each fork
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    server = socket.socket(fileno=descriptor)
    while True:
        message, descriptors, _, _ = socket.recv_fds(server, _MESSAGE_BYTES, 3)
        if not message:
            return
        if os.fork() == 0:
            server.close()
            _command(json.loads(message), *descriptors)
        for each in descriptors:
            os.close(each)


def _command(asked: dict, out: int, err: int, status: int) -> NoReturn:
    """Fork once more: the child becomes the command, and its parent tells how it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(status)
        _become(asked, out, err)
    os.write(status, f"{pid} ".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(status, str(code).encode())
    os._exit(0)


def _become(asked: dict, out: int, err: int) -> NoReturn:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for source, target in ((out, 1), (err, 2)):
        os.dup2(source, target)
        os.close(source)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["folder"])
    sys.argv = ["stnctl", *asked["arguments"]]
    from stnctl.cli.app import main

    main()
    raise AssertionError("the command returned")


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
