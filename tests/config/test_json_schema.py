import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from jsonschema import Draft7Validator

from stnctl.config.distortion_sets import SETS
from stnctl.config.distortion_steps import STEPS
from stnctl.config.dump import dump_config
from stnctl.config.json_schema import alternatives, config_json_schema, inside
from stnctl.config.migrations import VERSION
from stnctl.config.schema import Config

from .strategies import configs

COMMITTED = Path(__file__).parents[2] / "schemas" / "stnctl.schema.json"


@pytest.fixture(scope="module")
def validator():
    return Draft7Validator(config_json_schema())


def test_config_json_schema_preset():
    schema = config_json_schema()
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["title"] == "stnctl config"
    assert "$defs" not in schema
    assert "prefixItems" not in json.dumps(schema)


def test_config_json_schema_golden():
    expected = json.dumps(config_json_schema(), indent=2) + "\n"
    assert COMMITTED.read_text(encoding="utf-8") == expected


def test_config_json_schema_preset_every_key_is_described():
    schema = config_json_schema()
    for section in [schema, *schema["definitions"].values()]:
        assert section["additionalProperties"] is False
        for key, field in section["properties"].items():
            docs = [part.get("description", "") for part in (field, *alternatives(field, schema))]
            assert any(docs), key
            assert not any("\n" in doc for doc in docs), key


@given(configs)
@settings(max_examples=30, deadline=None)
def test_config_json_schema_random_config(config):
    Draft7Validator(config_json_schema()).validate(config.model_dump(mode="json"))


def test_config_json_schema_preset_dump(validator):
    validator.validate(yaml.safe_load(dump_config(Config())))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"seed": 1, "model": {"transformer": {"output_size": [20, 20]}}},
        {"model": {"transformer": {"constraints": [[None, 0, None], [0, None, 0.5]]}}},
        {"model": {"transformer": {"head": "bounded", "bounds": [[0, 1.5]]}}},
        {"data": {"validation": "test", "offline": "digits"}, "name": "a.b-c"},
        {"extends": "base.yaml", "seed": 3},
        {"schema_version": 1},
        {"data": {"keys": {"x_train": "images"}, "image_shape": [40, 40]}},
        {"data": {"image_shape": [40, 40, 1]}},
        *({"data": {"distortion": name}} for name in SETS),
        *({"data": {"distortion": {"set": name}}} for name in SETS),
        *({"data": {"distortion": [name]}} for name in STEPS),
        *({"data": {"distortion": [{"step": name}]}} for name in STEPS),
        {"data": {"distortion": {"set": "P", "corner_std": 3, "canvas": None}}},
        {"data": {"distortion": ["rotate", {"step": "scale", "factor": [1, 2]}]}},
        {"data": {"distortion": []}},
    ],
)
def test_config_json_schema_preset_good(validator, document):
    validator.validate(document)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ([], []),
        ({"sed": 1}, []),
        ({"seed": -1}, ["seed"]),
        ({"name": "../x"}, ["name"]),
        ({"train": None}, ["train"]),
        ({"train": {"learning_rate": 0}}, ["train", "learning_rate"]),
        ({"data": {"validation": 0.9}}, ["data", "validation"]),
        ({"data": {"source": ""}}, ["data", "source"]),
        ({"model": {"transformer": {"output_size": [20]}}}, ["model", "transformer"]),
        ({"model": {"transformer": {"constraints": [[1, None]]}}}, ["model", "transformer"]),
        ({"model": {"classifier": {"filters": [0]}}}, ["model", "classifier"]),
        ({"extends": 3}, ["extends"]),
        ({"schema_version": 0}, ["schema_version"]),
        ({"schema_version": VERSION + 1}, ["schema_version"]),
        ({"extends": ""}, ["extends"]),
        ({"data": {"extends": "base.yaml"}}, ["data"]),
        ({"data": {"keys": {"x": "a"}}}, ["data", "keys"]),
        ({"data": {"image_shape": [784]}}, ["data", "image_shape"]),
        ({"data": {"distortion": "RS"}}, ["data", "distortion"]),
        ({"data": {"distortion": None}}, ["data", "distortion"]),
        ({"data": {"distortion": {}}}, ["data", "distortion"]),
        ({"data": {"distortion": {"corner_std": 3}}}, ["data", "distortion"]),
        ({"data": {"distortion": {"set": "RS"}}}, ["data", "distortion"]),
        ({"data": {"distortion": {"set": "R", "scale": [1, 2]}}}, ["data", "distortion"]),
        ({"data": {"distortion": {"set": "RTS", "scale": [1, 99]}}}, ["data", "distortion"]),
        ({"data": {"distortion": {"set": "RTS", "canvas": None}}}, ["data", "distortion"]),
        ({"data": {"distortion": ["rotat"]}}, ["data", "distortion"]),
        ({"data": {"distortion": [{"degrees": [0, 9]}]}}, ["data", "distortion"]),
        ({"data": {"distortion": [{"step": "rotate", "std": 3}]}}, ["data", "distortion"]),
        ({"data": {"distortion": ["rotate"] * 21}}, ["data", "distortion"]),
    ],
)
def test_config_json_schema_rejects(validator, document, path):
    errors = list(validator.iter_errors(document))
    assert [list(error.absolute_path)[: len(path)] for error in errors] == [path]


def test_config_json_schema_preset_extends_is_of_the_top_level():
    schema = config_json_schema()
    assert schema["properties"]["extends"]["type"] == "string"
    assert "extends" not in json.dumps(schema["definitions"])


def test_alternatives_preset():
    root = config_json_schema()
    bottleneck = root["definitions"]["LocalizationConfig"]["properties"]["bottleneck"]
    kinds = [schema["type"] for schema in alternatives(bottleneck, root)]
    assert kinds == ["object", "null"]
    assert alternatives(root["properties"]["seed"], root) == [root["properties"]["seed"]]


def test_inside_preset():
    root = config_json_schema()
    data = inside(alternatives(root, root), "data", root)
    assert [schema["title"] for schema in data] == ["DataConfig"]
    shape = inside(data, "image_shape", root)
    assert [schema["type"] for schema in shape] == ["array", "array", "null"]
    assert [schema["type"] for schema in inside(shape, 0, root)] == ["integer", "integer"]
    assert inside(data, "x", root) == []
    assert inside(data, 0, root) == []
