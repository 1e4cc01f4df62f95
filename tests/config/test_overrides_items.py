import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.config.distortion_sets import R
from stnctl.config.distortion_steps import Elastic, Rotate
from stnctl.config.dump import dump_config, dump_data
from stnctl.config.load import parse_config
from stnctl.config.messages import format_path
from stnctl.config.overrides import parse_override
from stnctl.errors import ConfigError

from .strategies import configs


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("a.0", ("a", 0)),
        ("a[0]", ("a", 0)),
        ("a[1][20].b", ("a", 1, 20, "b")),
        ("a.1.20.b", ("a", 1, 20, "b")),
        ("a[-1]", ("a", -1)),
        ("a.-1", ("a", -1)),
        ("a.01", ("a", "01")),
        ("a[01]", ("a[01]",)),
        ("a[b]", ("a[b]",)),
        ("a[0", ("a[0",)),
        ("a.9999999999", ("a", "9999999999")),
        ("a.٣", ("a", "٣")),
    ],
)
def test_parse_override_index(key, path):
    assert parse_override(f"{key}=1") == (path, 1)


@pytest.mark.parametrize(
    ("text", "override", "filters"),
    [
        ("", "model.classifier.filters.0=16", (16, 64)),
        ("model:", "model.classifier.filters[1]=16", (32, 16)),
        ("model: {classifier: {filters: null}}", "model.classifier.filters.1=16", (32, 16)),
        ("model: {classifier: {filters: [1, 2, 3]}}", "model.classifier.filters.2=16", (1, 2, 16)),
    ],
)
def test_override_sets_an_item(text, override, filters):
    config = parse_config(text, where="c.yaml", overrides=[override])
    assert config.model.classifier.filters == filters


@pytest.mark.parametrize("key", ["data.distortion[1].std", "data.distortion.1.std"])
@pytest.mark.parametrize("text", ["[rotate, elastic]", "[rotate, {step: elastic, std: 1}]"])
def test_override_sets_a_key_of_an_item(text, key):
    overrides = [f"{key}=2"]
    config = parse_config(f"data: {{distortion: {text}}}", where="c.yaml", overrides=overrides)
    assert config.data.distortion == (Rotate(), Elastic(std=2.0))


def test_override_sets_an_item_of_the_default_of_its_kind():
    overrides = ["data.distortion.rotation.0=-30", "data.distortion.rotation[1]=30"]
    config = parse_config("data: {distortion: R}", where="c.yaml", overrides=overrides)
    assert config.data.distortion == R(rotation=(-30.0, 30.0))


def test_override_sets_an_item_of_an_override():
    overrides = ["model.transformer.output_size=[3, 4]", "model.transformer.output_size.0=5"]
    config = parse_config("", where="c.yaml", overrides=overrides)
    assert config.model.transformer.output_size == (5, 4)


FILTERS = "model.classifier.filters"


@pytest.mark.parametrize(
    ("text", "override", "message"),
    [
        ("", f"{FILTERS}.2=1", f"{FILTERS} is a list: expected an index from 0 to 1, got 2"),
        ("", f"{FILTERS}[-1]=1", f"{FILTERS} is a list: expected an index from 0 to 1, got -1"),
        ("", f"{FILTERS}.x=1", f"{FILTERS} is a list: expected an index from 0 to 1, got 'x'"),
        ("", f"{FILTERS}.00=1", f"{FILTERS} is a list: expected an index from 0 to 1, got '00'"),
        (
            "model: {classifier: {filters: [1]}}",
            f"{FILTERS}.1=1",
            f"{FILTERS} is a list: expected the index 0, got 1",
        ),
        (
            "model: {classifier: {filters: []}}",
            f"{FILTERS}.0=1",
            f"{FILTERS} is an empty list: set the whole list, {FILTERS}=[...]",
        ),
        ("", f"{FILTERS}.0.0=1", f"{FILTERS}[0] is not a list but 32"),
        ("", "seed.0=1", "seed is not a list but 0"),
        ("", "train[0]=1", "train is a section, not a list: expected a key, got 0"),
        ("", "0=1", "the config is a section, not a list: expected a key, got 0"),
        (
            "",
            "model.transformer.output_size.0=1",
            "model.transformer.output_size is null and has no items: set the whole list, "
            "model.transformer.output_size=[...]",
        ),
        ("", "trian.0=1", "trian: unknown key, did you mean train?"),
        ("", f"{FILTERS}.0=x", "expected a whole number from 1 to 4096, got 'x'"),
        ("", f"{FILTERS}[0]=x", "expected a whole number from 1 to 4096, got 'x'"),
        (
            "data: {distortion: [rotate, elastic]}",
            "data.distortion.1.sdt=2",
            "data.distortion[1].sdt: unknown key, did you mean std?",
        ),
    ],
)
def test_override_rejects_item(text, override, message):
    with pytest.raises(ConfigError) as caught:
        parse_config(text, where="c.yaml", overrides=[override])
    label = f"--set {override}: "
    assert str(caught.value).startswith(label)
    assert str(caught.value).removeprefix(label) in (message, message.partition(": ")[2])


def paths_of(data, path=()):
    """Yield the path of every value in plain data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data)
    for part, value in inner:
        yield (*path, part)
        if isinstance(value, dict | list):
            yield from paths_of(value, (*path, part))


def outcome(text, overrides=()):
    try:
        return parse_config(text, where="c.yaml", overrides=overrides)
    except ConfigError as error:
        return [(problem.path, problem.sentence) for problem in error.problems]


values = st.sampled_from([None, True, 0, 1, 3, 0.5, "relu", "R", [1, 2], [], {"set": "R"}])


@given(configs, values, st.booleans(), st.data())
@settings(max_examples=2 * settings().max_examples)
def test_override_equals_an_edit_of_the_dump(config, value, is_dotted, data):
    plain = config.model_dump(mode="json", exclude={"schema_version"})
    path = data.draw(st.sampled_from(list(paths_of(plain))))
    key = ".".join(map(str, path)) if is_dotted else format_path(path)
    parent = edited = json.loads(json.dumps(plain))
    for part in path[:-1]:
        parent = parent[part]
    parent[path[-1]] = value
    found = outcome(dump_config(config), [f"{key}={json.dumps(value)}"])
    assert found == outcome(dump_data(edited))
