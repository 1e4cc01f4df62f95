import pytest
import yaml

from stnctl.config.load import load_config, parse_config
from stnctl.config.short_form import short_yaml
from tests.docs.test_cli_page import ROOT

MODEL = """\
model:
  transformer:
    localization:
      network: article
      bottleneck: {units: 3}
    steps: 2
  classifier:
    - conv
    - layer: parallel
      branches:
        - []
        - [coords, pool]
        - - {layer: transformer, localization: compact}
          - {layer: conv, filters: 7}
    - dense
"""


def test_short_yaml_has_only_changed_keys():
    model = parse_config(MODEL, where="x").model
    assert short_yaml({"model": model}) == MODEL


def test_short_yaml_of_defaults():
    model = parse_config("model: {transformer: {}}", where="x").model
    assert short_yaml({"model": model}) == "model:\n  transformer: {}\n"
    assert short_yaml({"model": {"classifier": model.classifier}}) == (
        "model:\n  classifier: article\n"
    )


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("data: {distortion: RTS}", "RTS"),
        ("data: {distortion: {set: R, rotation: [-9, 9]}}", "{set: R, rotation: [-9.0, 9.0]}"),
        ("data: {distortion: [{step: rotate}]}", "[rotate]"),
        ("train: {schedule: cosine}", "cosine"),
        ("train: {schedule: {schedule: cosine, warmup: 2}}", "{schedule: cosine, warmup: 2.0}"),
    ],
)
def test_short_yaml_names_the_kind(text, short):
    config = parse_config(text, where="x")
    value = config.data.distortion if "data" in text else config.train.schedule
    assert yaml.safe_load(short_yaml({"x": value})) == {"x": yaml.safe_load(short)}


def test_short_yaml_breaks_long_lines():
    model = parse_config(
        "model: {classifier: [{layer: transformer, transform: thin_plate_spline, interpolation: "
        "nearest, padding: reflection, align_corners: false}]}",
        where="x",
    ).model
    lines = short_yaml({"model": model}).splitlines()
    assert lines[2] == "    - layer: transformer"
    assert len(lines) == 7


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_short_yaml_is_the_same_model(path):
    model = load_config(path).model
    text = short_yaml({"model": model})
    assert parse_config(text, where="short").model == model
    assert max(map(len, text.splitlines())) <= 100
