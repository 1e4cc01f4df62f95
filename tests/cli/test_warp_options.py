import os

import pytest
from typer.testing import CliRunner

from stnctl.cli import warp_options
from stnctl.cli.app import app
from stnctl.errors import InputError
from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS


def test_names_are_those_of_the_geometry():
    assert tuple(TRANSFORMS) == warp_options.TRANSFORM_NAMES
    assert tuple(INTERPOLATIONS) == warp_options.INTERPOLATION_NAMES
    assert tuple(PADDINGS) == warp_options.PADDING_NAMES


@pytest.mark.parametrize("option", ["--output", "--figure", "--animate"])
def test_options_leave_it_to_the_readers_what_can_be_read(tmp_path, monkeypatch, option):
    """Click would look first, and exit with 2."""
    file = tmp_path / "u.png"
    file.write_text("not an image", encoding="utf-8")
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    other = file.with_suffix(".gif") if option == "--animate" else file
    done = CliRunner().invoke(app, ["warp", str(file), "--rotate", "3", option, str(other)])
    assert isinstance(done.exception, InputError)
