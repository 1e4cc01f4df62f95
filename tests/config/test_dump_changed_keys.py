import pytest
from hypothesis import given, settings

from stnctl.config.dump import changed_keys
from stnctl.config.load import parse_config
from stnctl.config.schema import Config

from .strategies import configs


@pytest.mark.parametrize(
    ("overrides", "keys"),
    [
        (["seed=0"], []),
        (["train.epochs=11", "seed=1"], ["seed", "train.epochs"]),
        (["model.transformer={}"], ["model.transformer"]),
        (["model.classifier.filters=[32]"], ["model.classifier.filters"]),
        (["data.distortion=none"], []),
        (["data.distortion=R"], ["data.distortion"]),
        (["data.distortion=[rotate]"], ["data.distortion"]),
        (["data.keys.x_test=a", "data.test_seed=1"], ["data.keys.x_test", "data.test_seed"]),
    ],
)
def test_changed_keys_preset(overrides, keys):
    assert changed_keys(Config(), parse_config("", where="c.yaml", overrides=overrides)) == keys


def test_changed_keys_preset_inside_optional_section():
    a, b = (
        parse_config("", where="c.yaml", overrides=[f"model.transformer.align_corners={value}"])
        for value in ("true", "false")
    )
    assert changed_keys(a, b) == ["model.transformer.align_corners"]


@pytest.mark.parametrize(
    ("ours", "theirs", "keys"),
    [
        ("RTS", "{set: RTS}", []),
        ("RTS", "{set: RTS, scale: [1, 2]}", ["data.distortion.scale"]),
        ("RTS", "addition", ["data.distortion"]),
        ("[scale]", "[{step: scale}]", []),
        ("[scale]", "[{step: scale, factor: [1, 2]}]", ["data.distortion"]),
        ("[scale]", "[rotate, scale]", ["data.distortion"]),
    ],
)
def test_changed_keys_preset_distortion(ours, theirs, keys):
    a, b = (
        parse_config("", where="c.yaml", overrides=[f"data.distortion={value}"])
        for value in (ours, theirs)
    )
    assert changed_keys(a, b) == keys


@given(configs, configs)
@settings(max_examples=50, deadline=None)
def test_changed_keys_random(a, b):
    assert changed_keys(a, a) == []
    assert changed_keys(a, b) == changed_keys(b, a)
    assert bool(changed_keys(a, b)) == (a != b)
