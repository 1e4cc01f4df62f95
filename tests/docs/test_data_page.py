"""docs/data.md describes all sources of data, with valid examples."""

import re
from pathlib import Path

import pytest

from stnctl.config.choices import NAMED_SOURCES
from stnctl.config.load import parse_config
from stnctl.data.sources.folder_cache import LEAST_FILES
from stnctl.data.sources.published_sets import MIRROR_VARIABLE

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES)
def test_data_page_examples_are_valid(text):
    assert parse_config(text, where="docs/data.md") != parse_config("", where="x")


@pytest.mark.parametrize("name", NAMED_SOURCES)
def test_data_page_names_the_set(name):
    assert f"`{name}`" in PAGE


def test_data_page_names_the_limits():
    assert MIRROR_VARIABLE in PAGE
    assert f"at least {LEAST_FILES} images" in PAGE
    assert "at most four files" in PAGE
