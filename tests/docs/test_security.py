"""Tests of docs/security.md: it names existing tests, and a test for each guarantee."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted({*re.findall(r"`(tests/[\w/]+\.py)`", TEXT)}))
def test_page_names_files_that_exist(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("name", sorted({*re.findall(r"`(test_\w+)`", TEXT)}))
def test_page_names_tests_that_exist(name):
    hostile = ROOT / "tests" / "faults" / "test_hostile_runs.py"
    assert f"def {name}(" in hostile.read_text(encoding="utf-8")


def test_each_guarantee_names_its_test():
    _, _, table = TEXT.partition("| guarantee | test |\n|---|---|\n")
    rows = table.split("\n\n")[0].splitlines()
    assert len(rows) > 5
    assert [row for row in rows if "`test" not in row.rsplit(" | ", 1)[1]] == []
