import pytest

from stnctl.config.classifier_sections import CLASSIFIERS
from stnctl.config.distortion_sets import SETS
from stnctl.config.distortion_steps import STEPS
from stnctl.config.json_schema import (
    alternatives,
    config_json_schema,
    discriminator_key,
    expand_shorthand,
    inside,
    is_other_kind,
    kind_names,
    matching_schemas,
)
from stnctl.config.layer_lists import LAYERS
from stnctl.config.localizer_sections import LOCALIZERS

DISTORTION = ("data", "distortion")


@pytest.fixture(scope="module")
def schemas_at():
    root = config_json_schema()

    def walk(*path):
        schemas = alternatives(root, root)
        for part in path:
            schemas = inside(schemas, part, root)
        return schemas

    return walk


@pytest.mark.parametrize(
    ("path", "key", "names"),
    [
        (DISTORTION, "set", SETS),
        ((*DISTORTION, 0), "step", STEPS),
        (("model", "transformer"), "layer", ["transformer"]),
        (("model", "classifier"), "network", CLASSIFIERS),
        (("model", "classifier", 0), "layer", LAYERS),
        (("model", "transformer", "localization"), "network", LOCALIZERS),
        (("train",), None, {}),
        (("x",), None, {}),
    ],
)
def test_discriminator_key(schemas_at, path, key, names):
    schemas = schemas_at(*path)
    assert discriminator_key(schemas) == key
    assert kind_names(schemas) == list(names)


@pytest.mark.parametrize(
    ("value", "titles"),
    [
        ({"set": "RTS"}, ["RTS"]),
        ({"set": "none", "x": 1}, ["NoDistortion"]),
        ({"set": "RS"}, []),
        ({"set": None}, []),
        ({}, []),
        ("RTS", ["string", "array"]),
        (["rotate"], ["string", "array"]),
        (3, ["string", "array"]),
    ],
)
def test_matching_schemas(schemas_at, value, titles):
    schemas = matching_schemas(schemas_at(*DISTORTION), value)
    assert [schema.get("title", schema["type"]) for schema in schemas] == titles


def test_matching_schemas_without_kinds(schemas_at):
    schemas = schemas_at("model", "transformer", "output_size")
    assert len(schemas) == 2
    assert matching_schemas(schemas, {"x": 1}) == matching_schemas(schemas, None) == schemas


@pytest.mark.parametrize(
    ("value", "path", "expected"),
    [
        ("R", DISTORTION, {"set": "R"}),
        ("RS", DISTORTION, {"set": "RS"}),
        (["rotate"], DISTORTION, ["rotate"]),
        (None, DISTORTION, None),
        ("R", ("data", "source"), "R"),
        ("transformer", ("model", "transformer"), {"layer": "transformer"}),
        ("compact", ("model", "classifier"), {"network": "compact"}),
        ("pool", ("model", "classifier", 0), {"layer": "pool"}),
        ("R", ("x", "y"), "R"),
    ],
)
def test_expand_shorthand(value, path, expected):
    assert expand_shorthand(value, path) == expected


@pytest.mark.parametrize(
    ("new", "old", "path", "expected"),
    [
        ({"set": "R"}, {"set": "RTS"}, DISTORTION, True),
        ({"set": "R"}, {"set": "R", "canvas": None}, DISTORTION, False),
        ({"set": "R"}, {}, DISTORTION, True),
        ({"canvas": None}, {"set": "R"}, DISTORTION, False),
        ({"set": "R"}, {"set": "RTS"}, ("data",), False),
    ],
)
def test_is_other_kind(new, old, path, expected):
    assert is_other_kind(new, old, path) is expected
