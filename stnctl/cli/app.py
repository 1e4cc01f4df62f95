"""Typer app with all commands, global options and exit codes."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any

import typer

from stnctl import __version__
from stnctl.cli import (
    compare,
    configs,
    console,
    data,
    demo,
    eval,  # noqa: A004
    explore,
    export,
    init,
    inspect,
    models,
    predict,
    preview,
    report,
    runs,
    sweep,
    table,
    train,
    warp,
)
from stnctl.cli.signals import interrupt_on_signals
from stnctl.cli.streams import check_stdout, flush_stdout, repair_streams
from stnctl.docstrings import restore_docstring
from stnctl.errors import EXIT_CODES, EnvironmentFault, StnctlError
from stnctl.figures.isolation import block_matplotlib

EPILOG = """\b
Examples:
  stnctl demo
  stnctl train stn_rts
  stnctl eval latest
  stnctl inspect latest --bad 9
  stnctl runs ls
  stnctl warp checker --theta 0.7 -0.7 0 0.7 0.7 0

\b
Exit codes:
""" + "".join(f"  {code}  {meaning}\n" for code, meaning in EXIT_CODES.items())

app = typer.Typer(
    name="stnctl",
    help="Train, evaluate and inspect Spatial Transformer Networks.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo", epilog=demo.EXAMPLES)(demo.demo)
app.command("train", epilog=train.EXAMPLES)(train.train)
app.add_typer(sweep.app, name="sweep")
app.command("eval", epilog=eval.EXAMPLES)(eval.evaluate)
app.command("compare", epilog=compare.EXAMPLES)(compare.compare)
app.command("table", epilog=table.EXAMPLES)(table.table)
app.command("inspect", epilog=inspect.EXAMPLES)(inspect.inspect)
app.command("predict", epilog=predict.EXAMPLES)(predict.predict)
app.command("report", epilog=report.EXAMPLES)(report.report)
app.command("explore", epilog=explore.EXAMPLES)(explore.explore)
app.command("export", epilog=export.EXAMPLES)(export.export)
app.command("preview", epilog=preview.EXAMPLES)(preview.preview)
app.command("warp", epilog=warp.EXAMPLES, cls=warp.ThetaCommand)(warp.warp)
app.add_typer(data.app, name="data")
app.add_typer(configs.app, name="configs")
app.add_typer(models.app, name="models")
app.add_typer(runs.app, name="runs")
app.command("init", epilog=init.EXAMPLES)(init.init)
app.command("schema", epilog=configs.SCHEMA_EXAMPLES)(configs.schema)

OUT_OF_MEMORY = ("ResourceExhaustedError", "OutOfMemoryError")
"""Names of the errors that TensorFlow and PyTorch raise instead of `MemoryError`."""

ONEDNN = "could not create a memory object"
"""Text of oneDNN in an `AbortedError` of TensorFlow if memory runs out."""

JAX_ERRORS = ("XlaRuntimeError", "JaxRuntimeError")
"""Names of JAX errors. Only their message shows that memory ran out."""


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
    """Train, evaluate and inspect Spatial Transformer Networks."""


def main() -> None:
    """Run the command line. This is the entry point of the program ``stnctl``."""
    repair_streams()
    block_matplotlib()
    for command in _commands(app):
        restore_docstring(command)
    with interrupt_on_signals() as stop:
        try:
            code = _run()
        except KeyboardInterrupt:
            code = 128 + signal.SIGINT
        except Exception as problem:
            code = _report(problem) if stop.signal is None else 1
        finally:
            with suppress(EnvironmentFault):
                flush_stdout()
    if code and stop.signal:
        console.note("interrupted; no file was left half-written")
        code = 128 + stop.signal
    sys.exit(code)


def _commands(group: typer.Typer) -> Iterator[Any]:
    """Yield the functions of all commands; their docstrings are the help texts."""
    yield from (registered.callback for registered in group.registered_commands)
    if group.registered_callback:
        yield group.registered_callback.callback
    for inner in group.registered_groups:
        yield from _commands(inner.typer_instance)  # type: ignore[arg-type]


def _run() -> int:
    """Run the command, flush its output, and return the exit code."""
    check_stdout()
    code: Any = 0
    try:
        app(prog_name="stnctl")
    except SystemExit as stop:
        code = 0 if _is_broken_pipe(stop) else stop.code
    flush_stdout()
    return code or 0


def _report(problem: Exception) -> int:
    """Print an error, and return the exit code."""
    if "--debug" in sys.argv:
        console.show_traceback()
    if isinstance(problem, OSError):
        problem = _environment_fault(problem)
    elif _is_out_of_memory(problem):
        problem = EnvironmentFault(
            "out of memory", hint="lower train.batch_size, or take smaller images"
        )
    if not isinstance(problem, StnctlError):
        console.bug(problem)
        return 1
    console.error(problem)
    return problem.exit_code


def _environment_fault(problem: OSError) -> EnvironmentFault:
    name = problem.filename
    if name is None and not _has_current_folder():
        return EnvironmentFault(
            "the current folder does not exist", hint="change into an existing folder"
        )
    name = name or "stdout or another stream"  # errors of files have a name
    return EnvironmentFault(f"can't access {name}: {problem.strerror or problem}")


def _has_current_folder() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - only checked
    except FileNotFoundError:
        return False
    return True


def _is_out_of_memory(problem: Exception) -> bool:
    """Return whether an error means that memory ran out, for any backend."""
    name, text = type(problem).__name__, str(problem)
    in_jax = name in JAX_ERRORS and "RESOURCE_EXHAUSTED" in text
    return isinstance(problem, MemoryError) or name in OUT_OF_MEMORY or in_jax or ONEDNN in text


def _is_broken_pipe(stop: BaseException) -> bool:
    """Return whether Click or Rich exits because a pipe has no reader."""
    cause = stop.__context__
    return isinstance(cause, BrokenPipeError) or (cause is not None and _is_broken_pipe(cause))
