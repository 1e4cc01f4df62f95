"""Console output: results on stdout, everything else on stderr.

All output of the commands passes through this module. Its functions import Rich only when they
are called, so that ``stnctl --help`` is fast.
"""

import csv
import io
import os
import re
import shlex
import sys
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from stnctl.cli.streams import MessageStream, as_written, writing_stdout
from stnctl.cli.tables import tables
from stnctl.config.messages import visible
from stnctl.errors import StnctlError, UsageError
from stnctl.storage.json_files import json_bytes

if TYPE_CHECKING:
    from rich.console import Console

    from stnctl.figures.terminal import DrawingStyle

FILE_WIDTH = 100_000
"""Width in characters of output that is not printed to a terminal."""

MIN_WIDTH = 20

MAX_LINE = 2000
"""Maximum number of characters in a line of a message; longer lines are cut."""

BAR_DELAY = 1.0
"""Seconds before `slow_progress` shows a bar."""

_UNDECODED = re.compile(r"[\udc80-\udcff]")
"""Bytes of a file name that are not UTF-8, as Python decodes them."""


@cache
def out() -> "Console":
    """Return the Rich console of stdout."""
    return _console(width=None if sys.stdout.isatty() else FILE_WIDTH)


@cache
def err() -> "Console":
    """Return the Rich console of stderr."""
    return _console(file=cast("IO[str]", MessageStream()))


def _console(*, width: int | None = None, file: IO[str] | None = None) -> "Console":
    """Return a console of at least `MIN_WIDTH`, for any width in the environment."""
    from stnctl.cli.terminal_console import TerminalConsole

    console = TerminalConsole(
        width=width, file=file, markup=False, emoji=False, highlight=False, soft_wrap=True
    )
    if console.width < MIN_WIDTH:
        console.width = MIN_WIDTH  # the width then stays, even if the terminal changes
    return console


def is_interactive() -> bool:
    """Return whether stderr is a terminal that can show progress bars."""
    return err().is_terminal and not err().is_dumb_terminal


def drawing_style(stream: "Console") -> "DrawingStyle":
    """Return the style of drawings on a stream: in color only if it is a terminal with colors.

    The variables NO_COLOR, FORCE_COLOR, TERM and COLORTERM count, and the encoding.
    """
    from stnctl.figures.terminal import UPPER_HALF

    if stream.no_color or not _can_encode(UPPER_HALF, stream.encoding):
        return "ascii"
    styles: dict[str | None, DrawingStyle] = {"truecolor": "24-bit", "256": "256"}
    return styles.get(stream.color_system, "ascii")


def result(text: str, *, styled: bool = False) -> None:
    """Print a line of the result to stdout.

    Args:
        text: The line.
        styled: Whether control characters in the text, such as colors, are printed unchanged.
    """
    with writing_stdout():
        out().print(text if styled else visible(text))


def result_table(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, texts: Collection[str] = ()
) -> None:
    """Print a table of the result to stdout, below its title; in parts on a narrow terminal.

    Args:
        title: The title.
        header: Names of the columns.
        rows: Cells.
        texts: Names of columns of text, which are aligned to the left.
    """
    with writing_stdout():
        out().print(visible(title), style="bold")
        for part in tables(header, rows, out().width, texts=texts):
            out().print(part, soft_wrap=False)


def note_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table to stderr that is not part of the result."""
    for part in tables(header, rows, err().width):
        err().print(part, soft_wrap=False)


def result_json(document: Any) -> None:
    """Print one JSON document to stdout."""
    text = json_bytes(document).decode()
    with writing_stdout():
        sys.stdout.write(text)


def result_csv(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table to stdout as CSV. None is an empty cell.

    Args:
        header: Names of the n columns.
        rows: n texts or numbers each.
    """
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows(
        [header, *(map(_csv_cell, row) for row in rows)]
    )
    with writing_stdout():
        sys.stdout.write(lines.getvalue())


def result_bytes(data: bytes) -> None:
    """Write the bytes of a result file to stdout."""
    with writing_stdout():
        sys.stdout.buffer.write(data)


def note(text: str, *, styled: bool = False) -> None:
    """Print a line to stderr that is not part of the result. The arguments are as in `result`."""
    err().print(text if styled else visible(text))


def warning(text: str) -> None:
    """Print a highlighted warning to stderr."""
    _labeled(" WARNING ", text, "bold black on yellow")


def next_steps(commands: Sequence[str]) -> None:
    """Print suggested next commands to stderr."""
    for number, command in enumerate(commands):
        _labeled("     " if number else "next ", command, "dim")


def error(problem: StnctlError) -> None:
    """Print an error and its hint to stderr."""
    _labeled("error", str(problem), "bold red")
    if problem.hint:
        _labeled("hint ", problem.hint, "dim")


def bug(problem: Exception) -> None:
    """Print an unexpected exception, which is a bug of stnctl, to stderr."""
    _labeled("bug  ", f"{type(problem).__name__}: {problem}", "bold red")
    _labeled("hint ", "repeat with `stnctl --debug ...` for the traceback, and report it", "dim")


def ask(question: str) -> bool:
    """Ask a question on the terminal, and return whether the answer is yes; the default is no.

    Raises:
        UsageError: If stdin or stderr is no terminal.
    """
    if not (sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("no terminal to ask for a confirmation", hint="confirm with --yes")
    err().print(f"{visible(question)} [y/N] ", end="")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def command(*words: object) -> str:
    """Return a shell command of ``words`` on one line, with quotes where necessary.

    A `Path` that begins with a dash gets the prefix ``./``, so that it is not read as an option.
    """
    return " ".join(map(_quote, map(_as_argument, words)))


def show_traceback() -> None:
    """Print the traceback of the current exception to stderr."""
    err().file.write(visible(traceback.format_exc()))


@contextmanager
def progress(label: str, *, unit: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a progress bar on a terminal, and yield its update function.

    The function takes the number of finished items and the total. An unknown total is None.

    Args:
        label: Text in front of the bar.
        unit: Unit of the count.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(
        *columns,
        TextColumn(unit),
        console=err(),
        disable=not err().is_terminal,
        transient=True,
    )
    with bar:
        task = bar.add_task(label, total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


@contextmanager
def slow_progress(label: str) -> Iterator[Callable[[float], None]]:
    """Show a progress bar on a terminal after `BAR_DELAY` seconds, and yield its update function.

    The function takes the finished share of the work, 0 to 1.

    Args:
        label: Text in front of the bar.
    """
    began = time.monotonic()
    with ExitStack() as stack:
        bars: list[Callable[[int, int | None], None]] = []

        def update(share: float) -> None:
            if not bars and sys.stderr.isatty() and time.monotonic() - began > BAR_DELAY:
                bars.append(stack.enter_context(progress(label, unit="%")))
            for bar in bars:
                bar(round(100 * share), 100)

        yield update


def _labeled(label: str, text: str, style: str) -> None:
    from rich.text import Text

    lines = (
        line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}..." for line in text.split("\n")
    )
    err().print(Text.assemble((label, style), " ", visible("\n".join(lines))))


def _csv_cell(value: Any) -> Any:
    """Return a value for CSV. A text that a spreadsheet would read as a formula gets a quote."""
    if not isinstance(value, str):
        return value
    text = as_written(visible(value).replace("\n", r"\n"))
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _as_argument(word: object) -> str:
    return f"./{word}" if isinstance(word, Path) and str(word).startswith("-") else str(word)


def _quote(word: str) -> str:
    if visible(word) == word and "\n" not in word:
        return shlex.quote(word)
    word = word.replace("\\", r"\\").replace("'", r"\'").replace("\n", r"\n")
    return f"$'{visible(_UNDECODED.sub(_as_byte, word))}'"


def _as_byte(match: re.Match[str]) -> str:
    r"""Return the escape of a byte of a file name that is not UTF-8, such as ``\xff``."""
    return f"\\x{os.fsencode(match[0])[0]:02x}"
