"""Runs commands in one child process that notes what they open, load and start.

Keras loads once for all of them. The child reads one JSON line per command and answers with one.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.cli.forks import forks

CHILD = """
import io, json, os, socket, sys

EVENTS = set({events!r})
link, noted = socket.socket(socket.AF_UNIX), []
link.connect({address!r})

def note(event, arguments):
    if event in EVENTS:
        noted.append([event, repr(arguments[0]) if arguments else ""])

from stnctl.cli.app import main

sys.addaudithook(note)
for line in link.makefile():
    asked = json.loads(line)
    os.chdir(asked["folder"])
    sys.argv = ["stnctl", *asked["arguments"]]
    streams = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (io.TextIOWrapper(io.BytesIO(), "utf-8") for _ in range(2))
    noted.clear()
    code = 0
    try:
        main()
    except SystemExit as leave:
        code = leave.code or 0
    events = list(noted)
    said = []
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        said.append(stream.buffer.getvalue().decode())
    sys.stdout, sys.stderr = streams
    link.sendall(json.dumps([code, *said, events]).encode() + b"\\n")
sys.exit()
"""

EVENTS = (
    *("open", "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen"),
    *("socket.connect", "pickle.find_class", "marshal.loads", "os.remove", "os.rename", "os.mkdir"),
)
SECONDS_TO_START = 30


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it did: audit events, each with its first argument's repr."""

    code: int
    stdout: str
    stderr: str
    events: list[tuple[str, str]]

    def of(self, *names: str) -> list[str]:
        """Return the first arguments of some events."""
        return [argument for name, argument in self.events if name in names]


class Watched:
    """The child. It is to be closed."""

    def __init__(self, *, fresh: bool = False, **env: str) -> None:
        """Start it: as a fork, or ``fresh``, so that variables for Python itself count too."""
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
            address = str(Path(folder, "link"))
            listener.bind(address)
            listener.listen()
            listener.settimeout(SECONDS_TO_START)
            code = CHILD.format(address=address, events=EVENTS)
            if fresh:
                line = [sys.executable, "-c", code]
                quiet = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
                self.child = subprocess.Popen(line, env=os.environ | env, **quiet)
            else:
                self.child = forks().start((), Path.cwd(), env=os.environ | env, prelude=code)
            self.link, _ = listener.accept()
        self.answers = self.link.makefile()
        self.seconds = 0.0

    def __call__(self, folder: Path, *arguments: str, timeout: float = 60) -> Done:
        """Run a command in a folder; fail if it takes longer than ``timeout`` seconds."""
        asked = json.dumps({"folder": str(folder), "arguments": arguments})
        clock = time.monotonic()
        self.link.settimeout(timeout)
        self.link.sendall(asked.encode() + b"\n")
        try:
            answer = json.loads(self.answers.readline() or '["died", "", "", []]')
        except TimeoutError:
            self.child.kill()
            raise AssertionError(f"{arguments} takes longer than {timeout} s") from None
        self.seconds = time.monotonic() - clock
        code, stdout, stderr, events = answer
        return Done(code, stdout, stderr, [tuple(event) for event in events])

    def close(self) -> None:
        """End the child."""
        self.answers.close()
        self.link.close()
        self.child.communicate(timeout=30)
