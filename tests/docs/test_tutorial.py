"""Tests of docs/tutorial.md: its commands, sizes of networks and images."""

import re
from pathlib import Path

import pytest

from stnctl.config.load import load_config
from stnctl.models.network import trace_network
from tests.docs.test_examples import parsed

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "tutorial.md").read_text(encoding="utf-8")
COMMANDS = [parsed(line) for line in re.findall(r"^\$ (stnctl .*)$", PAGE, re.MULTILINE)]
TRAINED = {values["name"]: values for name, values in COMMANDS if name == "train"}
ROWS = [
    row.split(" | ")
    for row in re.findall(r"^\| (.*) \|$", PAGE, re.MULTILINE)
    if row.split(" | ")[0] in TRAINED
]
IMAGES = re.findall(r"!\[.*\]\((.*)\)", PAGE)
MAX_BYTES = 150_000


def test_commands_name_runs_that_were_trained_before():
    trained = set()
    for name, values in COMMANDS:
        if name == "train":
            trained.add(values["name"])
        elif name != "preview":
            assert trained >= {*(values.get("runs") or [values["run"]])}
    assert len(trained) == 8


@pytest.mark.parametrize("row", [row for row in ROWS if len(row) > 4], ids=lambda row: row[0])
def test_sizes_are_those_of_the_networks(row):
    config = load_config(TRAINED[row[0]]["config"], TRAINED[row[0]]["set_"])
    side = 42 if row[0].endswith("-rts") else 28
    network = trace_network(config.model, (side, side, 1), 10)
    assert row[1:3] == [f"{network.parameters:,}", f"{network.multiply_adds:,}"]


def test_readme_leads_to_the_page_before_the_quick_start():
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert 0 < readme.find("(docs/tutorial.md)") < readme.find("## Quick start")


@pytest.mark.parametrize("link", IMAGES)
def test_image_is_small(link):
    assert 5_000 < (DOCS / link).stat().st_size < MAX_BYTES


def test_images_are_all_shown():
    shown = {Path(link).name for link in IMAGES}
    assert shown == {path.name for path in (DOCS / "images" / "tutorial").iterdir()}
