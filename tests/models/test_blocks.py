import keras
import numpy as np
import pytest
from keras import layers

from stnctl.config.choices import ACTIVATIONS
from stnctl.models.blocks import pooled_convolutions


def build(filters, activation, kernel_size=3):
    U = keras.Input((12, 14, 1))
    features = pooled_convolutions(
        U, filters=filters, kernel_size=kernel_size, activation=activation, name="part"
    )
    return keras.Model(U, features)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_pooled_convolutions_match_the_usual_order(activation, input_map):
    """Pooling before the activation gives the same features as pooling after it."""
    model = build((2, 3), activation)
    usual = keras.Sequential(
        [
            layers.Conv2D(2, 3, activation=activation),
            layers.MaxPooling2D(2),
            layers.Conv2D(3, 3, activation=activation),
            layers.MaxPooling2D(2),
            layers.Flatten(),
        ]
    )
    usual.build((None, 12, 14, 1))
    usual.set_weights(model.get_weights())
    np.testing.assert_allclose(model(input_map), usual(input_map), rtol=0, atol=1e-6)


def test_pooled_convolutions_names_and_shape():
    model = build((2, 3), "tanh", kernel_size=2)
    names = [layer.name for layer in model.layers[1:]]
    assert names == [
        *("part_conv1", "part_pool1", "part_tanh1"),
        *("part_conv2", "part_pool2", "part_tanh2"),
        "part_flatten",
    ]
    assert model.output_shape == (None, 2 * 2 * 3)


def test_pooled_convolutions_without_filters(input_map):
    model = build((), "relu")
    np.testing.assert_array_equal(model(input_map), input_map.reshape(3, -1))
