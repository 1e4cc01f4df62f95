"""``stnctl demo``: a first run, with the four main commands."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer

from stnctl.cli import console
from stnctl.cli.options import RunsDir

EXAMPLES = """\b
Example:
  stnctl demo
"""

WARP = "warp digit:3 --theta 0.7 -0.7 0 0.7 0.7 0 --output-size 224 224 --interpolation bicubic"
"""Rotation of an embedded digit, enlarged."""


def demo(context: typer.Context, runs_dir: RunsDir = Path("runs")) -> None:
    """Run the main commands on the embedded digits.

    The command trains a network, evaluates it, inspects it, and warps a digit. It prints each of
    the four commands first. It takes about a minute, and needs no files and no internet connection.
    """
    from stnctl.runs.creation import free_name
    from stnctl.runs.directory import RunDirectory

    run = RunDirectory(runs_dir / free_name(runs_dir, "demo", datetime.now(UTC)))
    for words in (
        ["train", "demo", "--runs-dir", str(runs_dir), "--name", run.name],
        ["eval", str(run.path)],
        ["inspect", str(run.path), "--bad", "9"],
        [*WARP.split(), "--figure", str(run.path / "warp.png")],
    ):
        _run(context, words)
    console.result("\nfigures")
    for path in sorted(run.path.rglob("*.png")):
        console.result(str(path))
    console.next_steps(["stnctl train stn_rts", "stnctl configs"])


def _run(context: typer.Context, words: Sequence[str]) -> None:
    """Print a command, and run it.

    Raises:
        typer.Exit: If the command stops with an exit code other than 0.
    """
    console.note(f"\n$ {console.command('stnctl', *words)}")
    root = context.find_root()
    if code := root.command.main(list(words), prog_name=root.info_name, standalone_mode=False):
        raise typer.Exit(code)
