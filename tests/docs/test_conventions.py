"""Tests of docs/conventions.md: it has every choice, and the numbers of the code."""

import re

import pytest

from stnctl.geometry import INTERPOLATIONS, PADDINGS
from stnctl.geometry.interpolation.taps import FARTHEST
from stnctl.geometry.transforms.projective import NEAREST, OUTSIDE
from tests.docs.test_cli_page import ROOT

TEXT = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*INTERPOLATIONS, *PADDINGS])
def test_conventions_row_of_each_choice(name):
    assert re.search(rf"^\| `{name}` \|", TEXT, re.MULTILINE)


@pytest.mark.parametrize(
    "words",
    [f"{FARTHEST:,} pixels", f"below {NEAREST:.0e}".replace("e-0", "e-"), f"({OUTSIDE:.0f}, "],
)
def test_conventions_numbers_of_the_code(words):
    assert words in TEXT
