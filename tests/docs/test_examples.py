"""Every example of a help text or a page is a valid command after a plain install."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
from PIL import Image
from typer.testing import CliRunner

from stnctl.cli.app import app
from stnctl.cli.shown_networks import shown_networks
from stnctl.config.load import load_config
from stnctl.config.shipped import shipped_names
from stnctl.data.image_files import builtin_images
from stnctl.warping.warp_job import WarpJob

ROOT = Path(__file__).parents[2]
PAGES = {
    "docs/cli.md": r"^ +(stnctl .*)$",
    "docs/compare.md": r"^\$ (stnctl [^#\n]*)",
    "README.md": r"^\$ (stnctl [^#\n]*)",
    "docs/gallery.md": r"^\$ (stnctl [^#\n]*)",
    "docs/distortions.md": r"^(stnctl .*)$",
    "docs/networks.md": r"^\$ (stnctl [^#\n]*)",
    "docs/runs.md": r"^\$ (stnctl [^#\n]*)",
    "docs/tutorial.md": r"^\$ (stnctl [^#\n]*)",
    "docs/install.md": r"^\$ (?:KERAS_BACKEND=jax )?(stnctl [^#\n]*)",
}
INNER = re.compile(r"\$\((stnctl [^)]*)\)")
"""A command whose output is an argument of another one."""

EXAMPLES = {
    each.strip(): None
    for page, pattern in PAGES.items()
    for line in re.findall(pattern, (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    if "[OPTIONS]" not in line
    for each in (line, *INNER.findall(line))
}
MISTAKES = ("stnctl train stn --set train.lerning_rate=0.01",)
"""Examples of an error message."""

PHOTOS = ("photo.jpg", "image.png", "in.png")
"""Names in examples for a file of the user."""


def parsed(line):
    """Return the name of the command and its parsed arguments."""
    command: Any = typer.main.get_command(app)
    words = re.sub(r" [<>] \S+", "", INNER.sub("latest", line))
    arguments = shlex.split(words)[1:]
    names = []
    while arguments and arguments[0] in getattr(command, "commands", {}):
        names.append(arguments.pop(0))
        command = command.commands[names[-1]]
    return " ".join(names), command.make_context(names[-1], arguments).params


@pytest.mark.parametrize("line", [line for line in EXAMPLES if line not in MISTAKES])
def test_example_is_valid(line, tmp_path, monkeypatch):
    """The options exist, and so do the configs and the overridden keys, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    name, values = parsed(line)
    if config := values.get("config"):
        load_config(config, values.get("set_") or [])
    if name == "models show":
        assert shown_networks(values["name"], None, None, None)
    if name in ("init", "configs show"):
        names = values.get("names") or [values.get("name")]
        assert {*names} <= {*shipped_names(), None}
    if name == "train":  # other commands require their arguments
        assert config or values["resume"]


@pytest.mark.parametrize("line", [line for line in EXAMPLES if line.startswith("stnctl warp")])
def test_example_of_warp_runs(tmp_path, monkeypatch, line):
    """Without scikit-image, which no extra installs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builtin_images, "sample_files", dict)
    for part in ("figure", "animation"):  # tests/warping draws them
        monkeypatch.setattr(WarpJob, part, lambda *_: b"")
    for name in PHOTOS:
        Image.new("RGB", (30, 20)).save(tmp_path / name)
    words = shlex.split(line.partition(" < ")[0])[1:]
    done = CliRunner().invoke(app, words, input=(tmp_path / "in.png").read_bytes())
    assert done.exit_code == 0, done.output
