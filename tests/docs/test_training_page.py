"""docs/training.md describes all keys of the section `train`, with valid examples."""

import re
from pathlib import Path

import pytest

from stnctl.config.load import parse_config
from stnctl.config.train_section import TrainConfig

PAGE = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", EXAMPLES)
def test_training_page_examples_are_valid(text):
    assert parse_config(text, where="docs/training.md") != parse_config("", where="x")


@pytest.mark.parametrize("key", TrainConfig.model_fields)
def test_training_page_names_the_key(key):
    assert f"`{key}`" in PAGE or f"  {key}:" in PAGE
