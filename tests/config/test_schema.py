"""The schema's names are those that other parts know."""

import re

import pytest

from stnctl.config.choices import HEADS, OPTIMIZERS, RUN_NAME
from stnctl.config.schema import Config, LocalizationConfig, TransformerConfig
from stnctl.geometry.registries import INTERPOLATIONS, PADDINGS, REGRESSED_TRANSFORMS


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("transform", REGRESSED_TRANSFORMS),
        ("interpolation", INTERPOLATIONS),
        ("padding", PADDINGS),
    ],
)
def test_transformer_choices_are_those_of_the_geometry(field, names):
    schema = TransformerConfig.model_json_schema()["properties"][field]
    assert (schema["enum"], schema["type"]) == (list(names), "string")
    with pytest.raises(ValueError, match=r"Input should be '\w+', .* or '\w+'"):
        TransformerConfig(**{field: "unknown"})


def test_transformer_defaults_preset():
    """What a configuration without a transformer's keys means does not change."""
    assert TransformerConfig().model_dump(exclude={"localization"}) == {
        "transform": "affine",
        "constraints": None,
        "control_points": None,
        "output_size": None,
        "interpolation": "bilinear",
        "padding": "zeros",
        "fill_value": 0.0,
        "align_corners": True,
    }
    assert (LocalizationConfig().head, LocalizationConfig().bounds) == ("residual", None)


@pytest.mark.usefixtures("keras_backend")
def test_choices_are_those_of_the_models():
    import keras

    from stnctl.models.theta_heads import HEAD_BUILDERS

    assert HEAD_BUILDERS.keys() == set(HEADS)
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
