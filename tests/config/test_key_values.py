import pytest

from stnctl.config.key_values import key_text, key_value
from stnctl.config.load import parse_config

CONFIG = parse_config(
    "model: {transformer: {steps: 2}}\ndata: {distortion: RTS}\ntrain: {epochs: 3}", where="x"
)


@pytest.mark.parametrize(
    ("key", "value"),
    [("train.epochs", 3), ("model.transformer.steps", 2), ("data.distortion.set", "RTS"),
     ("model.transformer.steps.more", None), ("train.more", None)],
)  # fmt: skip
def test_key_value(key, value):
    assert key_value(CONFIG, key) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [("train.epochs", "3"), ("train.ema", "null"), ("train.more", "null"),
     ("model.transformer", "layer: transformer, steps: 2"),
     ("data.distortion", "RTS"), ("train.schedule", "constant")],
)  # fmt: skip
def test_key_text(key, text):
    assert key_text(CONFIG, key) == text
