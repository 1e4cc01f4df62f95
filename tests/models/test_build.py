from pathlib import Path

import keras
import numpy as np
import pytest

from stnctl.config.load import load_config
from stnctl.config.model_section import ModelConfig
from stnctl.geometry import TRANSFORMS, warp
from stnctl.models.build import build_model, has_transformer, with_intermediates
from stnctl.models.network import trace_network
from stnctl.models.state import weights_of
from tests.models.small import CLASSIFIER, FAMILIES, SIGMOID, config, name_of, small_model

CONFIGS = Path(__file__).parents[2] / "configs"
NAME = "spatial_transformer"
IDENTITY = TRANSFORMS["affine"].identity().astype("float32")


@pytest.mark.parametrize(
    ("name", "parameters"), [("cnn", 225_034), ("stn", 299_962), ("stn_naive", 299_920)]
)
def test_build_model_number_of_parameters(name, parameters):
    """The networks of the article have these numbers of parameters."""
    config = load_config(CONFIGS / f"{name}.yaml")
    model = build_model(config, trace_network(config.model, (28, 28, 1), 10))
    assert model.count_params() == parameters
    assert model.input_shape == (None, 28, 28, 1)
    assert model.output_shape == (None, 10)


def test_build_model_name():
    assert small_model().name == "stn"
    assert small_model(ModelConfig(classifier=CLASSIFIER)).name == "cnn"


def test_build_model_depends_on_the_seed_only():
    """Weights and the random state of dropout are a pure function of the seed."""
    first = weights_of(small_model(seed=1))
    np.random.default_rng().uniform()
    keras.random.uniform((3,))
    again, other = weights_of(small_model(seed=1)), weights_of(small_model(seed=2))
    assert list(first) == list(again) == list(other)
    assert any("seed" in name for name in first)
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name], strict=True)
    kernels = [name for name in first if name.endswith("kernel")]
    drawn = [name for name in kernels if first[name].any()]  # the head of theta starts at zero
    assert len(drawn) == len(kernels) - 1
    assert not any(np.array_equal(first[name], other[name]) for name in drawn)


@pytest.mark.parametrize("align_corners", [True, False])
def test_with_intermediates_identity(align_corners, input_map):
    """A network with residual head starts with theta = identity and V = U, exactly."""
    model = small_model(config(align_corners=align_corners))
    outputs = with_intermediates(model).predict(input_map, verbose=0)
    np.testing.assert_array_equal(outputs[f"{NAME}/theta"], [IDENTITY] * 3)
    np.testing.assert_array_equal(outputs[f"{NAME}/U"], input_map, strict=True)
    np.testing.assert_array_equal(outputs[f"{NAME}/V"], input_map, strict=True)


@pytest.mark.parametrize("family", FAMILIES, ids=name_of)
def test_build_model_passes_all_options_to_the_transformer(family):
    options = {
        **family,
        "output_size": (5, 6),
        "interpolation": "area",
        "padding": "value",
        "fill_value": 0.5,
        "align_corners": False,
    }
    found = small_model(config(**SIGMOID, **options)).get_layer(NAME).get_config()
    assert {name: found[name] for name in options} == options


@pytest.mark.parametrize(("output_size", "size"), [(None, (12, 14)), ((7, 5), (7, 5))])
def test_with_intermediates_shapes(output_size, size, input_map):
    model = small_model(config(**SIGMOID, output_size=output_size))
    outputs = with_intermediates(model).predict(input_map, verbose=0)
    shapes = {name: array.shape for name, array in outputs.items()}
    assert shapes == {
        "logits": (3, 4),
        f"{NAME}/U": (3, 12, 14, 1),
        f"{NAME}/theta": (3, 6),
        f"{NAME}/grid": (3, *size, 2),
        f"{NAME}/V": (3, *size, 1),
    }


def test_with_intermediates_are_those_of_the_model(input_map):
    """Grid and V are those of theta, and the logits are those of the model."""
    model = small_model(config(**SIGMOID, align_corners=False))
    outputs = with_intermediates(model).predict(input_map, verbose=0)
    theta = outputs[f"{NAME}/theta"]
    grid = TRANSFORMS["affine"].grid(theta, (12, 14), align_corners=False)
    V = warp(input_map, theta, align_corners=False)
    np.testing.assert_allclose(outputs[f"{NAME}/grid"], grid, rtol=0, atol=1e-6)
    np.testing.assert_allclose(outputs[f"{NAME}/V"], V, rtol=0, atol=1e-5)
    np.testing.assert_allclose(
        outputs["logits"], model.predict(input_map, verbose=0), rtol=0, atol=1e-6
    )


def test_with_intermediates_without_transformer(input_map):
    model = small_model(ModelConfig(classifier=CLASSIFIER))
    assert set(with_intermediates(model).predict(input_map, verbose=0)) == {"logits"}


def test_has_transformer():
    assert has_transformer(small_model())
    assert not has_transformer(small_model(ModelConfig(classifier=CLASSIFIER)))
