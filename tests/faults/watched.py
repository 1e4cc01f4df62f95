"""Runs commands in one child process that notes what they open, load and start.

Keras loads once for all of them. The child reads one JSON line per command and answers with one.
"""

import json
import os
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

CHILD = """
import io, json, os, sys

EVENTS = {
    "open", "os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess.Popen",
    "socket.connect", "pickle.find_class", "marshal.loads", "os.remove", "os.rename", "os.mkdir",
}
answers, noted = os.fdopen(os.dup(1), "w"), []
os.dup2(2, 1)  # what C code may print is no answer

def note(event, arguments):
    if event in EVENTS:
        noted.append([event, repr(arguments[0]) if arguments else ""])

from stnctl.cli.app import main

sys.addaudithook(note)
for line in sys.stdin:
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
    answers.write(json.dumps([code, *said, events]) + "\\n")
    answers.flush()
"""


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

    def __init__(self, **env: str) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            env=os.environ | env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.seconds = 0.0

    def __call__(self, folder: Path, *arguments: str, timeout: float = 60) -> Done:
        """Run a command in a folder; fail if it takes longer than ``timeout`` seconds."""
        assert self.child.stdin
        assert self.child.stdout
        asked = json.dumps({"folder": str(folder), "arguments": arguments})
        clock = time.monotonic()
        self.child.stdin.write(asked.encode() + b"\n")
        self.child.stdin.flush()
        ready, _, _ = select.select([self.child.stdout], [], [], timeout)
        if not ready:
            self.child.kill()
            raise AssertionError(f"{arguments} takes longer than {timeout} s")
        code, stdout, stderr, events = json.loads(self.child.stdout.readline() or "[]") or (
            ["died", "", "", []]
        )
        self.seconds = time.monotonic() - clock
        return Done(code, stdout, stderr, [tuple(event) for event in events])

    def close(self) -> None:
        """End the child."""
        self.child.communicate(timeout=30)
