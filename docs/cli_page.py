"""Prints docs/cli.md: what every command says of itself.

python docs/cli_page.py > docs/cli.md
"""

import os
import subprocess
import sys

COMMANDS = ("", "train", "eval", "inspect", "preview", "warp", "data", "data export", "schema")

INTRODUCTION = """\
# The command line

`make docs` writes this page from the commands' own help, and a test compares the two.

stdout carries the result, stderr everything else; `--json` prints exactly one JSON document on
stdout. `NO_COLOR` turns colors off, `STNCTL_RUNS_DIR` moves `runs/`, `STNCTL_CACHE_DIR` the
cache of downloads, `STNCTL_MNIST_URL` names a mirror of the published `mnist.npz`, and
`KERAS_BACKEND` chooses Keras' backend. `stnctl --install-completion` teaches your shell the
commands.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | a bug of stnctl; `stnctl --debug ...` shows the traceback |
| 2 | the command line or the configuration is wrong |
| 3 | an image, a data set, a checkpoint or a run is missing or damaged |
| 4 | the machine refuses: disk, permission, lock, memory or network |
| 5 | training diverged: the loss or a weight is not finite |
| 130, 143 | stopped by Ctrl-C or SIGTERM; a training can be resumed |
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([INTRODUCTION, *map(section, COMMANDS)])


def section(command: str) -> str:
    """Return the help of one command, under its name."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "stnctl", *command.split(), "--help"],
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    name = f"stnctl {command}".strip()
    return f"## {name}\n\n```text\n{done.stdout.rstrip()}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(page())
