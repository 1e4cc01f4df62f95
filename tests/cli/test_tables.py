import io

import pytest
from rich.console import Console

from stnctl.cli.tables import fitting, tables

HEADER = ["epoch", "val. loss", "val. accuracy", "images/s", ""]
ROWS = [["1", "0.2500", "0.8750", "12345", "best"], ["10", "-", "0.5", "7", ""]]


def lines(header, rows, width, texts=()):
    """Return the lines of all tables, without empty ones."""
    file = io.StringIO()
    terminal = Console(file=file, width=width)
    for part in tables(header, rows, width, texts=texts):
        terminal.print(part)
    found = file.getvalue().splitlines()
    assert max(map(len, found)) <= width
    return [line.rstrip() for line in found if line.strip(" ─")]


def test_tables_of_a_wide_terminal():
    assert lines(HEADER, ROWS, 54) == [
        " epoch  val. loss  val. accuracy  images/s",
        " 1         0.2500         0.8750     12345  best",
        " 10             -            0.5         7",
    ]


def test_tables_with_names_in_words():
    assert lines(HEADER, ROWS, 42) == [
        "          val.      val.",
        " epoch    loss  accuracy  images/s",
        " 1      0.2500    0.8750     12345  best",
        " 10          -       0.5         7",
    ]


def test_tables_in_parts():
    """Each part has the first column, and no cell is broken."""
    assert lines(HEADER, ROWS, 26) == [
        "          val.      val.",
        " epoch    loss  accuracy",
        " 1      0.2500    0.8750",
        " 10          -       0.5",
        " epoch  images/s",
        " 1         12345  best",
        " 10            7",
    ]


def test_tables_align_text_to_the_left():
    """A long text has several lines."""
    header, rows = ["name", "n", "text"], [["a", "10", "one two three"], ["b", "2", "four"]]
    start = [" name   n", " a     10", " b      2"]
    assert lines(header, rows, 40, texts=["text"]) == [
        f"{start[0]}  text",
        f"{start[1]}  one two three",
        f"{start[2]}  four",
    ]
    assert lines(header, rows, 18, texts=["text"]) == [
        *start,
        *(" name  text", " a     one two", "       three", " b     four"),
    ]


def test_tables_break_only_a_long_name():
    assert lines(["x", "n" * 30], [["1", "0.25"]], 20) == [
        f"    {'n' * 15}",
        f" x  {'n' * 15}",
        f" 1  {' ' * 11}0.25",
    ]


def test_tables_of_wide_characters():
    [header, row] = lines(["x", "写真"], [["1", "写"]], 20)
    assert (header, row) == (" x  写真", " 1    写")


def test_tables_show_control_characters_as_escapes():
    assert lines(["\x1b[1m"], [["\udcff\n"]], 20)[1].startswith(r" \udcff")


@pytest.mark.parametrize(
    ("width", "columns"),
    [(54, [0, 1, 2, 3, 4]), (41, [0, 1, 2, 3, 4]), (40, [0, 1, 2, 3]), (24, [0, 2]), (3, [2])],
)
def test_fitting_preset(width, columns):
    header, rows = fitting(HEADER, ROWS, [2, 0, 3, 1, 4], width)
    assert header == [HEADER[n] for n in columns]
    assert rows == [[row[n] for n in columns] for row in ROWS]
