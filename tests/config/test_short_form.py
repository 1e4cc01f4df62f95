import pytest

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
