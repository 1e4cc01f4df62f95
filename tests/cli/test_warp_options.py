import os

import pytest
from typer.testing import CliRunner

from stnctl.cli.app import app
from stnctl.errors import InputError


@pytest.mark.parametrize("option", ["--output", "--figure", "--animate"])
def test_options_accept_unreadable_paths(tmp_path, monkeypatch, option):
    """Otherwise, Click would check the paths first, and exit with code 2."""
    file = tmp_path / "u.png"
    file.write_text("not an image", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    other = file.with_suffix(".gif") if option == "--animate" else file
    done = CliRunner().invoke(app, ["warp", str(file), "--rotate", "3", option, str(other)])
    assert isinstance(done.exception, InputError)
