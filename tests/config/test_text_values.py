"""Numbers and bools without quotes at keys for text."""

import pytest

from stnctl.config.dump import dump_config
from stnctl.config.extends import read_extended
from stnctl.config.load import load_config, parse_config
from stnctl.errors import ConfigError

WRITTEN = ["7", "007", "1e5", "1.50", "0x10", "0o7", "true", "True", "2024-01-01", "no", "12"]


@pytest.mark.parametrize("text", WRITTEN)
def test_restore_texts_keeps_the_spelling(text):
    """The text is that of `--name`, in a file and in an override, and config.yaml keeps it."""
    config = parse_config(f"name: {text}\ndata: {{source: {text}}}", where="x")
    assert (config.name, config.data.source) == (text, text)
    assert parse_config("", where="x", overrides=[f"name={text}"]).name == text
    keys = parse_config("", where="x", overrides=[f"data.keys={{x_train: {text}}}"]).data.keys
    assert keys.x_train == text
    assert parse_config(dump_config(config), where="x") == config


def test_restore_texts_leaves_other_keys():
    text = "name: null\ndata: {validation: 0.2}\nseed: 0x10"
    config = parse_config(text, where="x", overrides=["train.ema=0.5"])
    assert (config.name, config.data.validation) == (None, 0.2)
    assert (config.seed, config.train.ema) == (16, 0.5)


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("name: -1", "-1"),
        ("name: [7]", "[7]"),
        ("data: {source: null}", "null"),
        ("train: {checkpoint_every: 300}", "300"),
        ("model: {classifier: {activation: 7}}", "7"),
        ("data: {distortion: 3}", "3"),
    ],
)
def test_restore_texts_keeps_what_is_no_valid_text(text, got):
    with pytest.raises(ConfigError, match=r"expected .*, got ") as error:
        parse_config(text, where="x")
    [problem] = error.value.problems
    assert problem.got == got


def test_restore_texts_in_extended_files(tmp_path):
    (tmp_path / "007").write_text("name: 08\nseed: 5", encoding="utf-8")
    top = tmp_path / "top.yaml"
    top.write_text("extends: 007\ndata: {source: 1}", encoding="utf-8")
    assert read_extended(top).data == {"name": "08", "seed": 5, "data": {"source": "1"}}
    assert load_config(top).name == "08"
