import io

import pytest
from rich.console import Console

from stnctl.cli.tables import fits, select, tables

HEADER = ["epoch", "val. loss", "val. accuracy", "images/s", ""]
ROWS = [["1", "0.2500", "0.8750", "12345", "best"], ["10", "-", "0.5", "7", ""]]


def lines(header, rows, width):
    """Return the lines of all tables, without empty ones."""
    file = io.StringIO()
    terminal = Console(file=file, width=width)
    for part in tables(header, rows, width):
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


@pytest.mark.parametrize(("width", "one"), [(42, True), (41, True), (40, False)])
def test_fits_preset(width, one):
    assert fits(HEADER, ROWS, width) is one
    assert (len(tables(HEADER, ROWS, width)) == 1) is one


def test_select_preset():
    assert select([0, 3], HEADER, ROWS) == (["epoch", "images/s"], [["1", "12345"], ["10", "7"]])
