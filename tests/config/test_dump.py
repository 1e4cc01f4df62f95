import pytest
from hypothesis import given, settings

from stnctl.config.data_section import ArrayKeys, DataConfig
from stnctl.config.distortion_steps import Place, Rotate
from stnctl.config.dump import check_storable, config_bytes, dump_config
from stnctl.config.load import parse_config
from stnctl.config.schema import Config
from stnctl.config.strict_yaml import MAX_BYTES
from stnctl.errors import ConfigError

from .strategies import TRICKY_TEXTS, configs

DEFAULTS = """\
schema_version: 2
name: null
seed: 0
data:
  source: mnist
  offline: null
  validation: 0.1
  test: null
  classes: null
  first_label: 0
  train_size: null
  pixels: unit
  keys:
    x_train: x_train
    y_train: y_train
    x_validation: null
    y_validation: null
    x_test: x_test
    y_test: y_test
  image_shape: null
  distortion:
    set: none
  test_seed: 0
model:
  transformer: null
  classifier:
    network: article
    parameters: null
    filters: [32, 64]
    kernel_size: 3
    activation: relu
    units: 128
    units_activation: sigmoid
    dropout: 0.0
train:
  epochs: 10
  batch_size: 32
  optimizer: adam
  learning_rate: 0.001
  betas: null
  momentum: null
  weight_decay: null
  learning_rate_of:
    localization: 1.0
    classifier: 1.0
  freeze:
    localization: null
    classifier: null
  start_from: null
  clip_norm: null
  penalties:
    consistency: null
    supervised: null
    congeal: null
    identity: null
    inside: null
  label_smoothing: 0.0
  class_weights: null
  schedule:
    schedule: constant
    warmup: 0.0
  stages: []
  on_collapse: warn
  ema: null
  patience: null
  checkpoint_every: 300 seconds
  snapshots: 8
  report: false
  sinks: []
  threads: 2
  precision: float32
  distribute: null
limits:
  max_parameters: 50000000
  max_bytes: 8589934592
"""


def test_dump_config_preset():
    assert dump_config(Config()) == DEFAULTS


def test_dump_config_preset_steps_on_one_line():
    config = Config(data=DataConfig(distortion=(Rotate(degrees=(-30.0, 30.0)), Place())))
    line = "  distortion: [{step: rotate, degrees: [-30.0, 30.0]}, {step: place, canvas: [60, 60]}]"
    assert line in dump_config(config).splitlines()


@given(configs)
@settings(max_examples=2 * settings().max_examples)
def test_dump_config_roundtrip(config):
    assert parse_config(dump_config(config), where="c.yaml") == config


@pytest.mark.parametrize("name", [*TRICKY_TEXTS, "\x01" * 200, "😀" * 200, "a b " * 50])
def test_dump_config_roundtrip_name(name):
    config = Config(data=DataConfig(keys=ArrayKeys(x_train=name)))
    assert parse_config(dump_config(config), where="c.yaml") == config


@pytest.mark.parametrize("source", ["😀" * 4096, "a b " * 1024])
def test_dump_config_roundtrip_long_source(source):
    config = Config(data=DataConfig(source=source))
    assert parse_config(dump_config(config), where="c.yaml") == config


def test_config_bytes_are_readable_at_the_limit():
    """A file may have shorter numbers than config.yaml, such as .3 for 0.3."""
    pair = len("[-0.3000000123, 0.3000000123], ")
    most = 2000 + (MAX_BYTES - len(config_bytes(config_of_bounds(2000)))) // pair
    content = config_bytes(config_of_bounds(most))
    assert MAX_BYTES - pair < len(content) <= MAX_BYTES
    assert parse_config(content.decode(), where="config.yaml") == config_of_bounds(most)
    with pytest.raises(ConfigError, match="the text is longer than 65536 bytes") as caught:
        check_storable(config_of_bounds(most + 1))
    assert "can't be stored as config.yaml" in str(caught.value)
    assert caught.value.exit_code == 2


def config_of_bounds(count):
    bounds = ",".join(["[-.3000000123,.3000000123]"] * count)
    transformer = f"{{head: bounded, bounds: [{bounds}]}}"
    return parse_config(f"model: {{transformer: {transformer}}}", where="x")
