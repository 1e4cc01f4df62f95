import keras
import numpy as np
import pytest

from stnctl.config.load import parse_config
from stnctl.models.build import build_model, with_intermediates
from stnctl.models.network import trace_network
from stnctl.models.precision import is_fast_in_bfloat16, layers_in

NETWORK = """
model:
  transformer: {localization: {filters: [4, 4], bottleneck: {units: 3}}}
  classifier:
    - {layer: conv, filters: 8}
    - {layer: batch_norm}
    - {layer: pool}
    - {layer: transformer, localization: {filters: [4], bottleneck: {units: 3}}}
    - {layer: conv, filters: 8}
    - {layer: pool, kind: global}
    - {layer: dense, units: 5}
"""


@pytest.fixture
def models(keras_backend):
    """Return the same network in float32 and in bfloat16, with the same weights."""
    found = []
    for precision in ("float32", "bfloat16"):
        config = parse_config(NETWORK, where="x", overrides=[f"train.precision={precision}"])
        found.append(build_model(config, trace_network(config.model, (16, 16, 1), 10)))
    return found


def test_convolutions_compute_in_bfloat16_and_theta_in_float32(models):
    dtypes = {layer.name: layer.compute_dtype for layer in models[1].layers}
    low = {name for name, dtype in dtypes.items() if dtype == "bfloat16"}
    assert {name for name in dtypes if "conv" in name or "pool" in name} <= low
    exact = {"theta", "classifier_theta", "classifier_global1", "classifier_dense1", "logits"}
    assert {name: dtypes[name] for name in exact & dtypes.keys()} == dict.fromkeys(
        exact & dtypes.keys(), "float32"
    )
    assert models[1].output.dtype == "float32"
    assert {weight.dtype for weight in models[1].weights} <= {"float32", "uint32"}


def test_thetas_grids_and_v_of_the_input_have_float32(models):
    """V of the second transformer, which samples features, has the dtype of the features."""
    U = np.random.default_rng(0).random((2, 16, 16, 1), "float32")
    outputs = with_intermediates(models[1])(U)
    low = {name for name, array in outputs.items() if array.dtype.name == "bfloat16"}
    assert low == {"spatial_transformer_2/U", "spatial_transformer_2/V"}
    assert {array.dtype.name for name, array in outputs.items() if name not in low} == {"float32"}
    np.testing.assert_array_equal(outputs["spatial_transformer/V"], U)


def test_float32_has_no_layer_in_bfloat16(models):
    assert {layer.compute_dtype for layer in models[0].layers} == {"float32"}


def test_both_precisions_start_with_the_same_weights_and_nearly_the_same_logits(models):
    for one, other in zip(models[0].weights, models[1].weights, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    U = np.random.default_rng(0).random((8, 16, 16, 1), "float32")
    exact, rounded = (np.asarray(model(U)) for model in models)
    assert 0 < np.abs(exact - rounded).max() < 0.05 * np.abs(exact).max()


def test_layers_in_restores_the_policy(keras_backend):
    before = keras.config.dtype_policy()
    with layers_in("bfloat16"):
        assert keras.layers.Dense(1).compute_dtype == "bfloat16"
    assert keras.config.dtype_policy() == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("processor\t: 0\nflags\t\t: fpu avx512f avx512_bf16 amx_tile\n", True),
        ("processor\t: 0\nflags\t\t: fpu avx2 avx512f\n", False),
        ("processor\t: 0\nFeatures\t: fp asimd bf16 sve\n", True),
        ("processor\t: 0\nFeatures\t: fp asimd\n", False),
        ("processor\t: 0\n", None),
        (None, None),
    ],
)
def test_instructions_for_bfloat16_are_read_from_the_processor(tmp_path, text, expected):
    path = tmp_path / "cpuinfo"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert is_fast_in_bfloat16(path) is expected
