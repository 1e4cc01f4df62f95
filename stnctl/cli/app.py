"""The Typer app, global options, and exit codes."""

import os
import sys
from typing import Annotated

import typer

from stnctl import __version__
from stnctl.cli import console, data, eval, inspect, preview, schema, train, warp  # noqa: A004
from stnctl.errors import EnvironmentFault, StnctlError

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
app.command("preview", epilog=preview.EXAMPLES)(preview.preview)
app.command("warp", epilog=warp.EXAMPLES, cls=warp.ThetaCommand)(warp.warp)
app.add_typer(data.app, name="data")
app.command("schema", epilog=schema.EXAMPLES)(schema.schema)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.result(f"stnctl {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Train, measure and look into Spatial Transformer Networks."""


def main() -> None:
    """Run the command line; the entry point of ``stnctl``."""
    _mend_streams()
    debug = "--debug" in sys.argv
    try:
        app(prog_name="stnctl")
    except SystemExit as stop:
        if _came_of(stop, KeyboardInterrupt):
            console.note("interrupted; no file was left half-written")
        sys.exit(0 if _came_of(stop, BrokenPipeError) else stop.code)
    except Exception as problem:
        if debug:
            console.show_traceback()
        sys.exit(_report(problem))
    finally:
        _flush()


def _report(problem: Exception) -> int:
    """Print what went wrong, and return the exit code."""
    if isinstance(problem, OSError):
        where = f" {problem.filename}" if problem.filename else ""
        problem = EnvironmentFault(f"the system refuses{where}: {problem.strerror or problem}")
    elif isinstance(problem, MemoryError):
        problem = EnvironmentFault(
            "out of memory", hint="lower train.batch_size, or take smaller images"
        )
    if not isinstance(problem, StnctlError):
        console.bug(problem)
        return 1
    console.error(problem)
    return problem.exit_code


def _mend_streams() -> None:
    """Give closed streams somewhere to go, and let others replace what they can't encode."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        getattr(sys, name).reconfigure(errors="replace")


def _came_of(stop: BaseException, kind: type[BaseException]) -> bool:
    """Return whether Click or Rich exit because of an exception of some kind.

    A pipe's reader that went away is a `BrokenPipeError`, and Ctrl-C a `KeyboardInterrupt`.
    """
    cause = stop.__context__
    return isinstance(cause, kind) or (cause is not None and _came_of(cause, kind))


def _flush() -> None:
    """Write out stdout; where nobody reads it, let Python not try again at the end."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
