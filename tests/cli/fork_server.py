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
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

TIMEOUT_S = 120
_MESSAGE_BYTES = 2**17


class ForkedCommand:
    """A command that runs, with those methods of `subprocess.Popen` that the tests need."""

    def __init__(self, args: Sequence[str], status: BinaryIO, out: BinaryIO, err: BinaryIO) -> None:
        self.args = list(args)
        self.returncode: int | None = None
        self._status, self._out, self._err = status, out, err
        self.pid = int(self._tell(b" "))

    def poll(self) -> int | None:
        """Return how it ended, or None while it runs."""
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self.returncode = int(self._tell())
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it is known to have ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float = TIMEOUT_S) -> tuple[str, str]:
        """Wait for its end, and return what it printed; kill it if it takes too long."""
        with self._status, self._out, self._err:
            if self.returncode is None and not select.select([self._status], [], [], timeout)[0]:
                self.kill()
                raise subprocess.TimeoutExpired(self.args, timeout)
            self.poll()
            return _whole(self._out), _whole(self._err)

    def _tell(self, end: bytes = b"") -> bytes:
        """Read what is told of it: the pid up to a blank, the exit code up to the end."""
        told = b""
        while (piece := self._status.read(1)) and piece != end:
            told += piece
        return told


def _whole(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


class ForkServer:
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

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        *,
        env: Mapping[str, str] = os.environ,
        prelude: str = "",
    ) -> ForkedCommand:
        """Start a command.

        Args:
            arguments: Those of stnctl.
            folder: Where it runs.
            env: All of its environment variables.
            prelude: Python for the process to run first.
        """
        asked = {"arguments": arguments, "folder": str(folder), "env": {**env}, "prelude": prelude}
        out, err = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 - `ForkedCommand` closes them
        ours, theirs = os.pipe()
        with os.fdopen(theirs, "wb") as pipe:
            files = [file.fileno() for file in (out, err, pipe)]
            socket.send_fds(self.socket, [json.dumps(asked).encode()], files)
        return ForkedCommand(arguments, os.fdopen(ours, "rb", buffering=0), out, err)

    def run(
        self, arguments: Sequence[str], folder: Path, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; ``options`` are those of `start`."""
        fork = self.start(arguments, folder, **options)
        said = fork.communicate()
        return subprocess.CompletedProcess(fork.args, fork.returncode or 0, *said)

    def close(self) -> None:
        """End the process."""
        self.socket.close()
        self.server.wait(timeout=30)


@cache
def fork_server() -> ForkServer:
    """Return the one process that forks."""
    from tests.no_keras import skip_if_blocked

    skip_if_blocked()
    return ForkServer()


def _serve(descriptor: int) -> None:
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras  # noqa: F401
    import tensorflow  # noqa: F401

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
    """ForkedCommand once more: the child becomes the command, and its parent tells how it ends."""
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
    exec(asked["prelude"], {})
    from stnctl.cli.app import main

    main()
    raise AssertionError("the command returned")


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
