"""Runs the command line many times in one process.

Reads a JSON list of argument lists from stdin, and writes a JSON list of the results.
"""

import io
import json
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from stnctl.__main__ import main

HEAVY = ("tensorflow", "keras", "jax", "torch")


def run(arguments):
    """Return the exit code, the output, the seconds of CPU, and the modules of `HEAVY` in use."""
    sys.argv = ["stnctl", *arguments]
    out, err = _stream(), _stream()
    code: Any = 0
    start = time.process_time()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as stop:
            code = stop.code
    seconds = time.process_time() - start
    heavy = [name for name in HEAVY if name in sys.modules]
    return {"code": code, "out": _text(out), "err": _text(err), "seconds": seconds, "heavy": heavy}


def _stream():
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


def _text(stream):
    stream.flush()
    return stream.buffer.getvalue().decode()


if __name__ == "__main__":
    run(["train", "warms-up.yaml", "--dry-run"])
    json.dump([run(arguments) for arguments in json.load(sys.stdin)], sys.stdout)
