"""Child process that runs commands and records the files and programs that they open and start.

Keras loads once for all commands. The child reads one JSON line per command and answers with one.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.cli.fork_server import ForkedCommand, fork_server

CHILD = """
import io, json, os, socket, sys

EVENTS = set({events!r})
link, recorded = socket.socket(socket.AF_UNIX), []
link.connect({address!r})

def record(event, arguments):
    if event in EVENTS:
        recorded.append([event, repr(arguments[0]) if arguments else ""])

from stnctl.__main__ import main

sys.addaudithook(record)
for line in link.makefile():
    request = json.loads(line)
    os.chdir(request["folder"])
    sys.argv = ["stnctl", *request["arguments"]]
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    recorded.clear()
    code = 0
    try:
        main()
    except SystemExit as leave:
        code = leave.code or 0
    events = list(recorded)
    output = []
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        output.append(stream.buffer.getvalue().decode())
    sys.stdout, sys.stderr = streams
    link.sendall(json.dumps([code, *output, events]).encode() + b"\\n")
sys.exit()
"""

EVENTS = (
    *("open", "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen"),
    *("socket.connect", "pickle.find_class", "marshal.loads", "os.remove", "os.rename", "os.mkdir"),
)
SECONDS_TO_START = 30


@dataclass(frozen=True)
class Completed:
    """Exit code, output and audit events of a command; each event has its first argument's repr."""

    code: int
    stdout: str
    stderr: str
    events: list[tuple[str, str]]

    def of(self, *names: str) -> list[str]:
        """Return the first arguments of the events with these names."""
        return [argument for name, argument in self.events if name in names]


class AuditedChild:
    """The child process. Callers close it."""

    def __init__(self, *, fresh: bool = False, backend: str = "tensorflow", **env: str) -> None:
        """Start the child.

        Args:
            fresh: Start a new Python process, for variables that Python reads at its start. By
                default, the child is a fork of a process with Keras loaded.
            backend: The Keras backend of a fork.
            env: Environment variables to add.
        """
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
            address = str(Path(folder, "link"))
            listener.bind(address)
            listener.listen()
            listener.settimeout(SECONDS_TO_START)
            code = CHILD.format(address=address, events=EVENTS)
            if fresh:
                line = [sys.executable, "-c", code]
                self.child: ForkedCommand | subprocess.Popen[bytes] = subprocess.Popen(
                    line,
                    env=os.environ | env,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            else:
                server = fork_server(backend)
                self.child = server.start((), Path.cwd(), env=os.environ | env, prelude=code)
            self.link, _ = listener.accept()
        self.answers = self.link.makefile()

    def __call__(self, folder: Path, *arguments: str, timeout: float = 60) -> Completed:
        """Run a command in a folder; fail if it takes longer than ``timeout`` seconds."""
        request = json.dumps({"folder": str(folder), "arguments": arguments})
        self.link.settimeout(timeout)
        self.link.sendall(request.encode() + b"\n")
        try:
            answer = json.loads(self.answers.readline() or '["died", "", "", []]')
        except TimeoutError:
            self.child.kill()
            raise AssertionError(f"{arguments} takes longer than {timeout} s") from None
        code, stdout, stderr, events = answer
        return Completed(code, stdout, stderr, [tuple(event) for event in events])

    def close(self) -> None:
        """End the child."""
        self.answers.close()
        self.link.close()
        self.child.communicate(timeout=30)
