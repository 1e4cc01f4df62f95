"""The schema's names are those that other parts know."""

from typing import get_args

import pytest

from stnctl.config.schema import Config, LocalizationConfig, TrainConfig, TransformerConfig
from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS
from stnctl.runs.directory import _NAME


@pytest.mark.parametrize(
    ("field", "known"),
    [
        ("transform", TRANSFORMS.keys() - {"flow"}),  # which no network regresses
        ("interpolation", INTERPOLATIONS.keys()),
        ("padding", PADDINGS.keys()),
    ],
)
def test_transformer_choices_are_those_of_the_geometry(field, known):
    assert set(get_args(TransformerConfig.model_fields[field].annotation)) == known


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
    from stnctl.models.localization import _HEADS
    from stnctl.training.optimizer import _OPTIMIZERS

    heads = LocalizationConfig.model_fields["head"].annotation
    assert set(get_args(heads)) == set(_HEADS)
    assert set(get_args(TrainConfig.model_fields["optimizer"].annotation)) == set(_OPTIMIZERS)


@pytest.mark.parametrize("name", ["a", "a.b-c_1", "", ".a", "-a", "a/b", "a" * 64, "a" * 65, "ä"])
def test_run_names_are_those_of_the_runs(name):
    try:
        legal = bool(Config(name=name))
    except ValueError:
        legal = False
    assert legal is bool(_NAME.fullmatch(name))
