"""Tests of ``stnctl.docstrings``: help texts and descriptions under ``python -OO``."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

from stnctl.cli.app import app
from stnctl.docstrings import restore_docstring
from tests.imports import modules, tree

ROOT = Path(__file__).parents[1]

OUTPUTS = """
import sys
from stnctl.__main__ import main

for line in sys.argv[1:]:
    sys.argv = ["stnctl", *line.split()]
    try:
        main()
    except SystemExit:
        print("---")
"""


def documented():
    """Documented."""


def test_restore_docstring_keeps_a_docstring():
    assert restore_docstring(documented) is documented
    assert documented.__doc__ == "Documented."


def test_help_and_schema_without_docstrings():
    commands = [registered.name for registered in app.registered_commands if registered.name]
    lines = ["schema", "--help", *(f"{name} --help" for name in (*commands, "data export"))]
    done = subprocess.run(
        [sys.executable, "-OO", "-c", OUTPUTS, *lines],
        env=os.environ | {"COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    schema, *helps = done.stdout.split("---\n")[:-1]
    stored = (ROOT / "schemas" / "stnctl.schema.json").read_text(encoding="utf-8")
    assert json.loads(schema) == json.loads(stored)
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert [text.splitlines()[0] for text in helps if text.strip() not in page] == []


def test_assert_is_not_used():
    """Under ``python -O``, an assert statement does nothing."""
    found = [
        f"{name}:{node.lineno}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assert)
    ]
    assert found == []
