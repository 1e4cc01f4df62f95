"""Page of the command line: the help of every command, printed on stdout.

python docs/cli_page.py > docs/cli.md
"""

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

import typer.main

from stnctl.cli.app import app
from stnctl.errors import EXIT_CODES

INTRODUCTION = """\
# The command line

`make docs` writes this page from the help of the commands, and a test compares the two.

stdout carries the result, stderr everything else; `--json` prints exactly one JSON document on
stdout. `stnctl --install-completion` installs tab completion in your shell.

| environment variable | effect |
|---|---|
| `STNCTL_RUNS_DIR` | the folder of the runs, default `runs/` |
| `STNCTL_CACHE_DIR` | the cache folder: downloads, a list of fonts, the key that signs your runs |
| `STNCTL_MNIST_URL` | a mirror of the published `mnist.npz` |
| `STNCTL_DATA_MIRROR` | a mirror of the other published sets ([data.md](data.md#published-sets)) |
| `KERAS_BACKEND` | the backend of Keras |
| `NO_COLOR` | turns colors off; `--show` draws with ASCII characters |
| `FORCE_COLOR` | colors also in a pipe or a file; without it, `--show` draws ASCII characters |

| exit code | meaning |
|---|---|
"""


def page() -> str:
    """Return the whole page."""
    codes = "".join(f"| {code} | {meaning} |\n" for code, meaning in EXIT_CODES.items())
    return "\n".join([INTRODUCTION + codes, *map(section, commands())])


def commands() -> list[str]:
    """Return the names of all commands, as "data export"; the first is "", stnctl itself."""
    return list(_names(typer.main.get_command(app), ""))


def _names(command: Any, name: str) -> Iterator[str]:
    """Yield ``name``, then the names of the commands in a group, at any depth, but hidden ones."""
    yield name
    for inner, subcommand in getattr(command, "commands", {}).items():
        if not subcommand.hidden:
            yield from _names(subcommand, f"{name} {inner}".strip())


def section(command: str) -> str:
    """Return the help of one command, under its name."""
    text = io.StringIO()
    with mock.patch.dict(os.environ, COLUMNS="80"), contextlib.redirect_stdout(text):
        app([*command.split(), "--help"], prog_name="stnctl", standalone_mode=False)
    name = f"stnctl {command}".strip()
    return f"## {name}\n\n```text\n{text.getvalue().rstrip()}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(page())
