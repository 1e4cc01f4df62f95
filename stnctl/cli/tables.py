"""Tables of text, in parts on a narrow terminal: no cell is broken over two lines.

The lines are laid out here, because a table of Rich with 1,000 rows takes more than a second.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from stnctl.cli.streams import as_written
from stnctl.config.messages import visible

if TYPE_CHECKING:
    from rich.text import Text

_EDGES, _BETWEEN = 2, 2
"""Number of characters at both edges of a table, and between two columns."""

Rows = Sequence[Sequence[str]]


def tables(
    header: Sequence[str], rows: Rows, width: int, *, texts: Collection[str] = ()
) -> "list[Text]":
    """Return tables with all columns, of at most ``width`` characters; each has the first column.

    The first column and columns of text are aligned to the left, the others to the right.

    Args:
        header: Names of the n columns.
        rows: n cells each.
        width: Width in characters. The words of a name are on several lines if necessary.
        texts: Names of columns of text.
    """
    left = [name in {header[0], *texts} for name in header]
    names, *rows = (list(map(_shown, row)) for row in (header, *rows))
    if _total(_widths(names, rows)) <= width:
        return [_table(names, rows, _widths(names, rows), left)]
    widths = _least_widths(names, rows)
    return [
        _table(
            *_select(columns, names, rows),
            _narrowed([widths[n] for n in columns], width),
            [left[n] for n in columns],
        )
        for columns in _parts(widths, width)
    ]


def fitting(
    header: Sequence[str], rows: Rows, importance: Sequence[int], width: int
) -> tuple[list[str], list[list[str]]]:
    """Return the names and the cells of the most important columns, as many as fit in one table.

    Args:
        header: Names of the columns.
        rows: A cell for each column.
        importance: The indices of the columns, the most important one first; it is always returned.
        width: Width in characters.
    """
    shown = [list(map(_shown, row)) for row in (header, *rows)]
    widths = _least_widths(shown[0], shown[1:])
    numbers = (sorted(importance[:count]) for count in range(len(importance), 0, -1))
    columns = next(
        (columns for columns in numbers if _total([widths[n] for n in columns]) <= width),
        [importance[0]],
    )
    return _select(columns, header, rows)


def _select(
    columns: Sequence[int], header: Sequence[str], rows: Rows
) -> tuple[list[str], list[list[str]]]:
    """Return the names and the cells of some columns."""
    return [header[n] for n in columns], [[row[n] for n in columns] for row in rows]


def _shown(text: str) -> str:
    is_plain = text.isascii() and text.isprintable()
    return text if is_plain else as_written(visible(text))


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
    header: Sequence[str], rows: Rows, widths: Sequence[int], left: Sequence[bool]
) -> "Text":
    """Return the lines of a table: the names in bold, a rule, and the rows."""
    from rich.text import Text

    blank = " " * _total(widths)
    rule = as_written("─") if as_written("─") == "─" else "-"
    names = [_wrap(name, width) for name, width in zip(header, widths, strict=True)]
    height = max(map(len, names))
    text = Text(f"{blank}\n", no_wrap=True, overflow="ignore")
    text.append(
        _join([[""] * (height - len(name)) + name for name in names], widths, left), style="bold"
    )
    body = [_row(cells, widths, left) for cells in rows]
    return text.append("\n".join(["", f" {rule * (len(blank) - 2)} ", *body, blank]))


def _row(cells: Sequence[str], widths: Sequence[int], left: Sequence[bool]) -> str:
    """Return the line of a row; several, if a cell of the last column is too long."""
    last = _wrap(cells[-1], widths[-1])
    return _join([*([cell] for cell in cells[:-1]), last], widths, left)


def _wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text, with as many words on each as fit."""
    from rich.cells import cell_len, chop_cells

    if cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    for word in text.split():
        if lines and cell_len(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines += chop_cells(word, width)
    return lines


def _join(cells: Sequence[list[str]], widths: Sequence[int], left: Sequence[bool]) -> str:
    """Return the lines of cells side by side; each cell is a list of lines."""
    lines = zip_longest(*cells, fillvalue="")
    return "\n".join(f" {(' ' * _BETWEEN).join(_aligned(line, widths, left))} " for line in lines)


def _aligned(texts: Sequence[str], widths: Sequence[int], left: Sequence[bool]) -> Iterator[str]:
    """Yield texts with spaces after them, if they are aligned to the left, or else in front."""
    from rich.cells import cell_len

    for text, width, is_left in zip(texts, widths, left, strict=True):
        spaces = " " * (width - cell_len(text))
        yield text + spaces if is_left else spaces + text
