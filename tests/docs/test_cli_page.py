"""docs/cli.md says what the commands say."""

import importlib.util
from pathlib import Path

import typer.main

from stnctl.cli.app import app

ROOT = Path(__file__).parents[2]


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_page_is_current():
    page = load(ROOT / "docs" / "cli_page.py").page()
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == page, "run `make docs`"


def test_page_names_every_command_and_option():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    commands = typer.main.get_command(app).commands
    inner = commands["data"].commands
    commands |= {f"data {name}": command for name, command in inner.items()}
    assert set(commands) >= {"train", "eval", "inspect", "preview", "warp", "data export", "schema"}
    for name, command in commands.items():
        _, _, section = text.partition(f"## stnctl {name}\n")
        section, _, _ = section.partition("\n## ")
        for parameter in command.params:
            for option in parameter.opts:
                shown = option if option.startswith("-") else (parameter.metavar or option.upper())
                assert shown in section, f"{name}: {option}"
