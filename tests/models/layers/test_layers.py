"""Values of each layer, compared with NumPy, Keras functions or formulas."""

import keras
import numpy as np
import pytest

from stnctl.config.layer_lists import LAYERS
from stnctl.models.keras_file import keras_bytes
from tests.models.small import SHAPE, built

pytestmark = pytest.mark.usefixtures("eager")

LAYER_TEXTS = {
    "conv": "{layer: conv, filters: 3, kernel_size: 2, stride: 2, padding: same, batch_norm: true}",
    "pool": "{layer: pool, kind: average, size: 3}",
    "dense": "{layer: dense, units: 3, activation: tanh, activity_l2: 0.1}",
    "flatten": "flatten",
    "dropout": "{layer: dropout, rate: 0.25}",
    "batch_norm": "batch_norm",
    "activation": "{layer: activation, activation: sigmoid}",
    "coords": "coords",
    "residual": "{layer: residual, layers: [{layer: conv, filters: 3, padding: same}]}",
    "parallel": "{layer: parallel, branches: [[], [coords], [{layer: conv, padding: same}]]}",
    "transformer": "{layer: transformer, localization: paper_fcn, steps: 2, parallel: 2, pool: 2, "
    "theta_noise: 0.1, head: sigmoid}",
}


def model_of(*layers, front="null", shape=SHAPE):
    return built(f"{{transformer: {front}, classifier: [{', '.join(layers)}]}}", shape)


def features(model, U, name=None):
    """Return the result of a layer, by default of the last one before the logits."""
    tensor = model.get_layer(name).output if name else model.get_layer("logits").input
    return np.array(keras.Model(model.input, tensor)(U))


@pytest.mark.parametrize("name", LAYERS)
def test_layer_is_saved_and_loaded(name, input_map, tmp_path):
    """A loaded network has the same outputs, and so have its intermediate results."""
    model = model_of(LAYER_TEXTS[name])
    path = tmp_path / "model.keras"
    path.write_bytes(keras_bytes(model))
    loaded = keras.models.load_model(path)
    np.testing.assert_array_equal(loaded(input_map), model(input_map))
    assert [layer.name for layer in loaded.layers] == [layer.name for layer in model.layers]


def test_pool_kinds(input_map):
    """Blocks of 3x3 pixels; the incomplete last two columns are dropped."""
    blocks = input_map[:, :12, :12, 0].reshape(3, 4, 3, 4, 3)
    for kind, expected in (("max", blocks.max(axis=(2, 4))), ("average", blocks.mean((2, 4)))):
        found = features(model_of(f"{{layer: pool, kind: {kind}, size: 3}}"), input_map)
        np.testing.assert_allclose(found, expected.reshape(3, -1), rtol=1e-6)
    found = features(model_of("{layer: pool, kind: global}"), input_map)
    np.testing.assert_allclose(found, input_map.mean(axis=(1, 2)), rtol=1e-6)


def test_coords_are_normalized(input_map):
    """Two channels: x from -1 at the left to 1 at the right, y from -1 at the top to 1."""
    maps = features(model_of("coords"), input_map).reshape(3, 12, 14, 3)
    x, y = np.meshgrid(np.linspace(-1, 1, 14), np.linspace(-1, 1, 12))
    np.testing.assert_array_equal(maps[..., :1], input_map)
    np.testing.assert_allclose(maps[..., 1], [x] * 3, rtol=0, atol=1e-6)
    np.testing.assert_allclose(maps[..., 2], [y] * 3, rtol=0, atol=1e-6)


def test_coords_of_one_pixel():
    """A side of one pixel has the coordinate 0."""
    found = features(model_of("coords", shape=(1, 3, 1)), np.ones((1, 1, 3, 1), "float32"))
    np.testing.assert_allclose(found.reshape(3, 3), [[1, -1, 0], [1, 0, 0], [1, 1, 0]])


def test_conv_options(input_map):
    layer = model_of(
        "{layer: conv, filters: 3, kernel_size: 2, stride: 3, padding: same, bias: false}"
    ).get_layer("classifier_conv1")
    assert (layer.filters, layer.kernel_size, layer.strides) == (3, (2, 2), (3, 3))
    assert (layer.padding, layer.use_bias) == ("same", False)


def test_conv_with_batch_norm(input_map):
    """The normalization comes before the activation, with the statistics of the batch."""
    model = model_of("{layer: conv, filters: 3, batch_norm: true, activation: relu}")
    names = [layer.name.removeprefix("classifier_") for layer in model.layers[1:4]]
    assert names == ["conv1", "norm1", "relu1"]
    raw = features(model, input_map, "classifier_conv1")
    norm = np.array(keras.Model(model.input, model.layers[2].output)(input_map, training=True))
    means, deviations = raw.mean(axis=(0, 1, 2)), raw.std(axis=(0, 1, 2))
    np.testing.assert_allclose(norm, (raw - means) / np.sqrt(deviations**2 + 1e-3), atol=1e-4)


def test_residual_adds_the_input(input_map):
    model = model_of("{layer: residual, layers: [{layer: conv, filters: 1, padding: same}]}")
    convolved = np.array(keras.activations.relu(features(model, input_map, "classifier_relu1")))
    found = features(model, input_map)
    np.testing.assert_allclose(found, (input_map + convolved).reshape(3, -1), rtol=1e-6)


def test_residual_projects_another_number_of_channels(input_map):
    """A 1x1 convolution changes the channels of the input; without layers, the input is doubled."""
    layers = "[{layer: conv, filters: 3, padding: same}]"
    model = model_of(f"{{layer: residual, layers: {layers}}}")
    projection = model.get_layer("classifier_conv2")
    assert projection.kernel_size == (1, 1)
    kernel, bias = projection.get_weights()
    expected = input_map @ kernel[0, 0] + bias + features(model, input_map, "classifier_relu1")
    np.testing.assert_allclose(features(model, input_map), expected.reshape(3, -1), atol=1e-6)
    doubled = features(model_of("residual"), input_map)
    np.testing.assert_array_equal(doubled, 2 * input_map.reshape(3, -1))


def test_residual_of_a_vector(input_map):
    model = model_of("flatten", "{layer: residual, layers: [{layer: dense, units: 168}]}")
    inner = features(model, input_map, "classifier_dense1")
    np.testing.assert_allclose(
        features(model, input_map), input_map.reshape(3, -1) + inner, rtol=1e-6
    )


def test_parallel_joins_by_channel(input_map):
    model = model_of("{layer: parallel, branches: [[], [{layer: activation, activation: tanh}]]}")
    expected = np.concatenate([input_map, np.tanh(input_map)], axis=-1)
    np.testing.assert_allclose(features(model, input_map), expected.reshape(3, -1), rtol=1e-5)


def test_dense_penalizes_its_outputs(input_map):
    model = model_of("{layer: dense, units: 3, activity_l2: 0.25}")
    outputs = features(model, input_map)
    model(input_map)
    np.testing.assert_allclose(model.losses, [0.25 * np.square(outputs).sum() / 3], rtol=1e-5)


def test_dropout_only_in_training(input_map):
    model = model_of("{layer: dropout, rate: 0.25}")
    inner = keras.Model(model.input, model.layers[1].output)
    np.testing.assert_array_equal(inner(input_map), input_map)
    trained = np.array(inner(np.ones((64, *SHAPE), "float32"), training=True))
    assert set(np.unique(trained)) == {0, np.float32(4 / 3)}
    assert abs((trained == 0).mean() - 0.25) < 0.02
