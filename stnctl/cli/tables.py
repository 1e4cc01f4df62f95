"""Tables of text, in parts on a narrow terminal: no cell is broken over two lines."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from stnctl.cli.streams import as_written
from stnctl.config.messages import visible

if TYPE_CHECKING:
    from rich.console import JustifyMethod
    from rich.table import Table

_EDGES, _BETWEEN = 2, 2
"""Number of characters at both edges of a table, and between two columns."""

Rows = Sequence[Sequence[str]]


def tables(
    header: Sequence[str], rows: Rows, width: int, *, texts: Collection[str] = ()
) -> "list[Table]":
    """Return tables with all columns, of at most ``width`` characters; each has the first column.

    The first column and columns of text are aligned to the left, the others to the right.

    Args:
        header: Names of the n columns.
        rows: n cells each.
        width: Width in characters. The words of a name are on several lines if necessary.
        texts: Names of columns of text.
    """
    left = {header[0], *texts}
    names, *rows = (list(map(_shown, row)) for row in (header, *rows))
    aligned: list[JustifyMethod] = ["left" if name in left else "right" for name in header]
    if _total(_widths(names, rows)) <= width:
        return [_table(names, rows, _widths(names, rows), aligned)]
    widths = _least_widths(names, rows)
    return [
        _table(
            *select(columns, names, rows),
            _narrowed([widths[n] for n in columns], width),
            [aligned[n] for n in columns],
        )
        for columns in _parts(widths, width)
    ]


def fits(header: Sequence[str], rows: Rows, width: int) -> bool:
    """Return whether `tables` returns one table."""
    header, *rows = (list(map(_shown, row)) for row in (header, *rows))
    return _total(_least_widths(header, rows)) <= width


def select(
    columns: Sequence[int], header: Sequence[str], rows: Rows
) -> tuple[list[str], list[list[str]]]:
    """Return the names and the cells of some columns."""
    return [header[n] for n in columns], [[row[n] for n in columns] for row in rows]


def _shown(text: str) -> str:
    return as_written(visible(text))


def _widths(header: Sequence[str], rows: Rows) -> list[int]:
    """Return the width of the longest text of each column."""
    from rich.cells import cell_len

    return [max(map(cell_len, column)) for column in zip(header, *rows, strict=True)]


def _least_widths(header: Sequence[str], rows: Rows) -> list[int]:
    """Return the width of each column if each word of its name is on a line of its own."""
    words = [max(name.split(), key=len, default="") for name in header]
    return _widths(words, rows)


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + _EDGES + _BETWEEN * (len(widths) - 1)


def _parts(widths: Sequence[int], width: int) -> Iterator[list[int]]:
    """Yield the columns of each table: the first one, and as many others as fit."""
    columns = [0]
    for n in range(1, len(widths)):
        if len(columns) > 1 and _total([widths[m] for m in (*columns, n)]) > width:
            yield columns
            columns = [0]
        columns.append(n)
    yield columns


def _narrowed(widths: list[int], width: int) -> list[int]:
    """Return widths of columns that fit, where the last column is cut if there are two or one."""
    excess = max(_total(widths) - width, 0)
    return [*widths[:-1], max(widths[-1] - excess, 1)]


def _table(
    header: Sequence[str], rows: Rows, widths: Sequence[int], aligned: "Sequence[JustifyMethod]"
) -> "Table":
    from rich import box
    from rich.table import Table

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name, width, justify in zip(header, widths, aligned, strict=True):
        grid.add_column(name, justify=justify, width=width, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid
