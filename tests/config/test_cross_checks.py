import pytest

from stnctl.config.load import load_config, parse_config
from stnctl.errors import ConfigError

BOTH = ("learning_rate_of", "freeze")


def test_cross_problems_name_each_key():
    text = "model: {classifier: {units: 5}}\ntrain:\n  freeze: {localization: 3 steps}\n"
    overrides = ["train.learning_rate_of={localization: 2, classifier: 3}"]
    with pytest.raises(ConfigError) as caught:
        parse_config(text, where="c.yaml", overrides=overrides)
    assert [problem.path for problem in caught.value.problems] == [
        f"train.{key}.localization" for key in BOTH
    ]
    assert [problem.origin for problem in caught.value.problems] == [
        "--set train.learning_rate_of={localization: 2, classifier: 3}",
        "c.yaml:3:12",
    ]


def test_cross_problems_of_extended_files(tmp_path):
    """The key may be in another file than the missing transformer."""
    base = tmp_path / "base.yaml"
    base.write_text("model: {transformer: {}}\ntrain: {freeze: {localization: always}}")
    top = tmp_path / "top.yaml"
    top.write_text("extends: base.yaml\nmodel: {transformer: null}")
    assert load_config(base).train.freeze.localization == "always"
    with pytest.raises(ConfigError, match=r"base.yaml:2:18: train.freeze.localization: the model"):
        load_config(top)


def test_cross_problems_of_values_without_effect():
    text = "train: {freeze: {localization: null}, learning_rate_of: {localization: 1.0}}"
    assert parse_config(text, where="x") == parse_config("", where="x")
