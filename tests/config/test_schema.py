"""The schema's names are those that other parts know."""

import re

import pytest

from stnctl.config.choices import HEADS, OPTIMIZERS, RUN_NAME
from stnctl.config.classifier_sections import CLASSIFIERS
from stnctl.config.json_schema import config_json_schema
from stnctl.config.layer_lists import LAYERS, TransformerConfig
from stnctl.config.localizer_sections import LOCALIZERS, LocalizationConfig
from stnctl.config.schema import Config
from stnctl.geometry.registries import INTERPOLATIONS, PADDINGS, REGRESSED_TRANSFORMS
from stnctl.models.heads import ADD_HEAD
from stnctl.models.layers import APPLY


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("transform", REGRESSED_TRANSFORMS),
        ("interpolation", INTERPOLATIONS),
        ("padding", PADDINGS),
    ],
)
def test_transformer_choices_are_those_of_the_geometry(field, names):
    schema = config_json_schema()["definitions"]["TransformerConfig"]["properties"][field]
    assert (schema["enum"], schema["type"]) == (list(names), "string")
    with pytest.raises(ValueError, match=r"Input should be '\w+', .* or '\w+'"):
        TransformerConfig(**{field: "unknown"})


def test_transformer_defaults_preset():
    """What a configuration without a transformer's keys means does not change."""
    assert TransformerConfig().model_dump(exclude={"localization"}) == {
        "layer": "transformer",
        "head": None,
        "bounds": None,
        "transform": "affine",
        "constraints": None,
        "control_points": None,
        "output_size": None,
        "interpolation": "bilinear",
        "padding": "zeros",
        "fill_value": 0.0,
        "align_corners": True,
        "pool": 1,
        "parallel": 1,
        "steps": 1,
        "localizers": "shared",
        "theta_noise": 0.0,
        "feed_theta": False,
        "shares": 0,
    }
    assert TransformerConfig().localization == LocalizationConfig()
    assert LocalizationConfig.head == "residual"


def test_choices_of_networks_are_those_of_the_models():
    assert ADD_HEAD.keys() == set(HEADS)
    assert list(APPLY) == list(LAYERS)
    assert [section.model_fields["layer"].default for section in LAYERS.values()] == [*LAYERS]
    for named in (LOCALIZERS, CLASSIFIERS):
        assert [section.model_fields["network"].default for section in named.values()] == [*named]


@pytest.mark.usefixtures("keras_backend")
def test_choices_are_those_of_the_models():
    import keras

    for optimizer in OPTIMIZERS.values():
        kind = getattr(keras.optimizers, optimizer.keras_class)
        assert issubclass(kind, keras.optimizers.Optimizer)


@pytest.mark.parametrize("name", ["a", "a.b-c_1", "", ".a", "-a", "a/b", "a" * 64, "a" * 65, "ä"])
def test_run_names_are_those_of_the_runs(name):
    try:
        legal = bool(Config(name=name))
    except ValueError:
        legal = False
    assert legal is bool(re.fullmatch(RUN_NAME, name))
