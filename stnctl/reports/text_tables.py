"""Tables of texts, and their form in Markdown and LaTeX."""

from collections.abc import Sequence
from dataclasses import dataclass

from stnctl.config.messages import format_decimal, shorten, visible

NOTHING = "-"
"""Text of an unknown value."""

_MAX_TEXT = 64

_LATEX = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "±": r"$\pm$",
    "[": "{[}",  # after the end of a row, a bracket or a star would be an argument
    "*": "{*}",
    "-": "{-}",  # two hyphens would be a dash
    **{character: f"\\{character}" for character in "{}$&#_%"},
}
_MARKDOWN = {character: f"\\{character}" for character in "\\|`*_<>[]&~$"}


@dataclass(frozen=True)
class TextTable:
    """Table of texts.

    Attributes:
        title: Its title.
        header: Names of the n columns.
        rows: n cells each.
        texts: Names of columns of text, which are aligned to the left.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    texts: Sequence[str]


def text_cell(text: str) -> str:
    """Return a text on one line, shortened if it is long."""
    return shorten(text, _MAX_TEXT) or NOTHING


def count_cell(value: int | None) -> str:
    """Return a whole number with separators."""
    return NOTHING if value is None else f"{value:,}"


def decimal_cell(value: float | None, digits: int) -> str:
    """Return a number with some decimal digits."""
    return NOTHING if value is None else format_decimal(value, digits)


def markdown_table(table: TextTable) -> str:
    """Return a table as Markdown, below its title in bold. Texts are shown as they are."""
    rule = ["---" if name in table.texts else "---:" for name in table.header]
    lines = [[markdown_text(cell) for cell in row] for row in (table.header, *table.rows)]
    body = "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))
    return f"**{markdown_text(table.title)}**\n\n{body}"


def latex_table(table: TextTable) -> str:
    """Return a table as LaTeX: a ``tabular`` with the rules of the package booktabs.

    The title is a comment. Texts are escaped, so that none is a command.
    """
    alignment = "".join("l" if name in table.texts else "r" for name in table.header)
    header, *rows = (f"{' & '.join(map(_latex, row))} \\\\" for row in (table.header, *table.rows))
    lines = [
        f"% {one_line(table.title)}",
        f"\\begin{{tabular}}{{{alignment}}}",
        "\\toprule",
        header,
        "\\midrule",
        *rows,
        "\\bottomrule",
        "\\end{tabular}",
    ]
    return "\n".join(lines)


def markdown_text(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    return _translated(text, _MARKDOWN)


def one_line(text: str) -> str:
    """Return a text on one line, with its control characters as escapes."""
    return visible(text).replace("\n", " ")


def _latex(text: str) -> str:
    return _translated(text, _LATEX)


def _translated(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in one_line(text))
