"""Fingerprint of a config: equal for equal bits, different for different keys."""

import pytest
from hypothesis import given

from stnctl.config.dump import dump_config
from stnctl.config.fingerprint import FREE_KEYS, fingerprint
from stnctl.config.load import parse_config
from tests.config.strategies import configs

FREE_CHANGES = (
    "name=x",
    "limits.max_parameters=1000000",
    "data.offline=digits",
    "train.checkpoint_every=5 steps",
    "train.report=true",
    "train.sinks=[csv]",
    "train.snapshots=3",
)
CHANGES = (
    "seed=1",
    "data.source=digits",
    "data.distortion=R",
    "data.distortion=RTS",
    "data.distortion={set: R, rotation: [-45, 45]}",
    "model.transformer={}",
    "model.transformer={transform: rotation}",
    "model.classifier={network: compact}",
    "train.threads=1",
    "train.schedule=cosine",
    "train.schedule=onecycle",
)


def of(*overrides):
    return fingerprint(parse_config("", where="x", overrides=overrides))


@pytest.mark.parametrize("change", FREE_CHANGES)
def test_free_keys_do_not_count(change):
    assert of(change) == of()
    assert any(change.startswith((f"{key}=", f"{key}.")) for key in FREE_KEYS)


def test_each_free_key_is_tested():
    assert len(FREE_CHANGES) == len(FREE_KEYS)


def test_other_keys_count():
    marks = [of(), *map(of, CHANGES)]
    assert len(set(marks)) == len(marks)


def test_a_default_that_is_given_does_not_count():
    assert of("train.learning_rate=0.001", "data.distortion=none") == of()


def test_it_is_stable():
    """Runs of earlier versions are found by it."""
    assert of("train.learning_rate=0.01") == "6c715f158046dceb887bbef074f7dc5f"


@given(configs)
def test_a_stored_config_has_the_same(config):
    assert fingerprint(parse_config(dump_config(config), where="x")) == fingerprint(config)
