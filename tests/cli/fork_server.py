"""Fork server: runs the real command in forks of a process with Keras loaded, to save time.

Each command is a process with its own arguments, folder, environment, streams and signals. Settings
that Python or Keras read when they start, such as a locale, have no effect in a fork: tests of such
settings start a new Python process.
"""

import atexit
import gc
import importlib
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
    """A running command, with the methods of `subprocess.Popen` that the tests need."""

    def __init__(self, args: Sequence[str], status: BinaryIO, out: BinaryIO, err: BinaryIO) -> None:
        self.args = list(args)
        self.returncode: int | None = None
        self._status, self._out, self._err = status, out, err
        self.pid = int(self._read_status(b" "))

    def poll(self) -> int | None:
        """Return the exit code, or None while the command runs."""
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self.returncode = int(self._read_status())
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the command has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float = TIMEOUT_S) -> tuple[str, str]:
        """Wait until the command ends; return its stdout and stderr.

        Raises:
            subprocess.TimeoutExpired: If it takes longer than ``timeout`` seconds; it is killed.
        """
        with self._status, self._out, self._err:
            if self.returncode is None and not select.select([self._status], [], [], timeout)[0]:
                self.kill()
                raise subprocess.TimeoutExpired(self.args, timeout)
            self.poll()
            return _read(self._out), _read(self._err)

    def _read_status(self, end: bytes = b"") -> bytes:
        """Read from the status pipe up to ``end``: the pid, or the exit code."""
        text = b""
        while (piece := self._status.read(1)) and piece != end:
            text += piece
        return text


def _read(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


class ForkServer:
    """Server process, which ends with this process.

    Attributes:
        backend: The Keras backend of its commands.
    """

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.server = subprocess.Popen(
                [sys.executable, "-P", __file__, str(theirs.fileno()), backend],
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
            arguments: Arguments of stnctl.
            folder: Working directory.
            env: All environment variables of the command, but for ``KERAS_BACKEND``.
            prelude: Python code that the process runs first.
        """
        request = {
            "arguments": arguments,
            "folder": str(folder),
            "env": {**env, "KERAS_BACKEND": self.backend},
            "prelude": prelude,
        }
        out, err = (tempfile.TemporaryFile() for _ in range(2))  # noqa: SIM115 - `ForkedCommand` closes them
        ours, theirs = os.pipe()
        with os.fdopen(theirs, "wb") as pipe:
            files = [file.fileno() for file in (out, err, pipe)]
            socket.send_fds(self.socket, [json.dumps(request).encode()], files)
        return ForkedCommand(arguments, os.fdopen(ours, "rb", buffering=0), out, err)

    def run(
        self, arguments: Sequence[str], folder: Path, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; ``options`` are those of `start`."""
        command = self.start(arguments, folder, **options)
        output = command.communicate()
        return subprocess.CompletedProcess(command.args, command.returncode or 0, *output)

    def close(self) -> None:
        """End the server process."""
        self.socket.close()
        self.server.wait(timeout=30)


@cache
def fork_server(backend: str = "tensorflow") -> ForkServer:
    """Return the fork server of this process for a backend, started at the first call."""
    from tests.no_keras import skip_if_blocked

    skip_if_blocked()
    return ForkServer(backend)


def _serve(descriptor: int, backend: str) -> None:
    from stnctl.figures.isolation import block_matplotlib, default_style

    os.environ["KERAS_BACKEND"] = backend
    block_matplotlib()
    importlib.import_module(backend)
    import keras  # noqa: F401

    with default_style():  # loads matplotlib, as the first figure of a command does
        pass
    gc.freeze()  # garbage collections of the forks don't touch, and so copy, loaded objects
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


def _command(request: dict[str, Any], out: int, err: int, status: int) -> NoReturn:
    """Fork again: the child becomes the command, and its parent sends its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        os.close(status)
        _become(request, out, err)
    os.write(status, f"{pid} ".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(status, str(code).encode())
    os._exit(0)


def _become(request: dict[str, Any], out: int, err: int) -> NoReturn:
    """Replace streams, environment and folder of this process, and run the command."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for source, target in ((out, 1), (err, 2)):
        os.dup2(source, target)
        os.close(source)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    sys.argv = ["stnctl", *request["arguments"]]
    exec(request["prelude"], {})
    from stnctl.__main__ import main

    main()
    raise AssertionError("the command returned")


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2])
