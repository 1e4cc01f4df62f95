"""Tests of docs/cli.md, the page of the command line."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import typer.main

from stnctl.cli.app import app

ROOT = Path(__file__).parents[2]


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def cli_page():
    return load(ROOT / "docs" / "cli_page.py")


def test_page_is_current(cli_page):
    page = cli_page.page()
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == page, "run `make docs`"


def test_commands_preset(cli_page):
    found = cli_page.commands()
    assert found[0] == ""
    assert set(found) >= {"train", "eval", "inspect", "preview", "warp", "data export", "schema"}


def test_page_names_every_command_and_option(cli_page):
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name in cli_page.commands():
        command: Any = typer.main.get_command(app)
        for word in name.split():
            command = command.commands[word]
        _, _, section = text.partition(f"## stnctl {name}".rstrip() + "\n")
        section, _, _ = section.partition("\n## ")
        for parameter in command.params:
            for option in parameter.opts:
                shown = option if option.startswith("-") else (parameter.metavar or option.upper())
                assert shown in section, f"{name}: {option}"


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 129, 130, 131, 143])
def test_page_names_every_exit_code(code):
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    _, _, table = text.partition("| exit code | meaning |\n")
    first_cells = [row.split("|")[1] for row in table.split("\n\n")[0].splitlines()]
    assert str(code) in ", ".join(first_cells).replace(" ", "").split(",")
