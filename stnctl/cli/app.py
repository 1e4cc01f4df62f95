"""The Typer app, global options, and exit codes."""

import os
import sys
from typing import Annotated

import typer

from stnctl import __version__
from stnctl.cli import console, eval, inspect, schema, train, warp  # noqa: A004
from stnctl.errors import StnctlError

app = typer.Typer(
    name="stnctl",
    help="Train, measure and look into Spatial Transformer Networks.",
    epilog="""\b
Examples:
  stnctl train configs/stn.yaml
  stnctl eval latest
  stnctl inspect latest --bad 9
  stnctl warp image.png --theta 0.7 -0.7 0 0.7 0.7 0

\b
Exit codes:
  0 done, 1 a bug, 2 usage or config, 3 bad input, 4 environment,
  5 training diverged, 130 and 143 interrupted
""",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("train", epilog=train.EXAMPLES)(train.train)
app.command("eval", epilog=eval.EXAMPLES)(eval.evaluate)
app.command("inspect", epilog=inspect.EXAMPLES)(inspect.inspect)
app.command("warp", epilog=warp.EXAMPLES, cls=warp.ThetaCommand)(warp.warp)
app.command("schema", epilog=schema.EXAMPLES)(schema.schema)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.result(f"stnctl {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="And exit.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Train, measure and look into Spatial Transformer Networks."""


def main() -> None:
    """Run the command line; the entry point of ``stnctl``."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(errors="replace")  # type: ignore[union-attr]
    debug = "--debug" in sys.argv
    try:
        app(prog_name="stnctl")
    except StnctlError as problem:
        if debug:
            console.show_traceback()
        console.error(problem)
        sys.exit(problem.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as problem:
        if debug:
            console.show_traceback()
        console.bug(problem)
        sys.exit(1)
