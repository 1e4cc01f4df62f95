"""Tests of docs/reliability.md: it names existing tests, and a test for each fault."""

import re
from pathlib import Path

import pytest

from stnctl.errors import EXIT_CODES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "name"), sorted({*re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT)})
)
def test_page_names_tests_that_exist(path, name):
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_each_fault_names_its_test():
    _, _, table = TEXT.partition("| fault | what stnctl does | exit | test |\n|---|---|---|---|\n")
    rows = table.split("\n\n")[0].splitlines()
    assert len(rows) > 30
    assert [row for row in rows if "`tests/" not in row.rsplit(" | ", 1)[1]] == []


@pytest.mark.parametrize("link", re.findall(r"\]\(([\w/.]+)\)", TEXT))
def test_page_links_to_files_that_exist(link):
    assert (ROOT / "docs" / link).is_file()


def test_page_has_only_exit_codes_of_the_program():
    cells = re.findall(r"\| ([\d, ]+|-) \| `tests/", TEXT)
    codes = {code for cell in cells if cell != "-" for code in cell.split(", ")}
    assert codes <= {code for codes in EXIT_CODES for code in codes.split(", ")}
    assert {"0", "2", "3", "4", "5", "129", "130", "143"} <= codes
