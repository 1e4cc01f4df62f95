import numpy as np
import pytest
from keras import layers, models

from stnctl.config.choices import ACTIVATIONS
from stnctl.config.localizer_sections import LOCALIZERS, LocalizerSection, PolarLocalizer
from stnctl.models.layers import apply_layers
from stnctl.models.localizers import localizer_layers, pooled_convolutions
from tests.models.small import built, part


def build(filters, activation, kernel_size=3):
    pooled = pooled_convolutions(filters, kernel_size, activation)
    return part(lambda U, scope: apply_layers(pooled, U, scope))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_pooled_convolutions_match_the_usual_order(activation, input_map):
    """Pooling before the activation gives the same features as pooling after it."""
    model = build((2, 3), activation)
    usual = models.Sequential(
        [
            layers.Conv2D(2, 3, activation=activation),
            layers.MaxPooling2D(2),
            layers.Conv2D(3, 3, activation=activation),
            layers.MaxPooling2D(2),
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
    ]
    assert model.output_shape == (None, 2, 2, 3)


def test_pooled_convolutions_without_filters(input_map):
    np.testing.assert_array_equal(build((), "relu")(input_map), input_map)


SUMMARIES = {
    "article": "conv pool sigmoid conv pool sigmoid conv pool sigmoid flatten",
    "article_naive": "conv pool sigmoid conv pool sigmoid conv pool sigmoid flatten",
    "paper_fcn": "flatten dense dense dense",
    "paper_cnn": "pool conv pool relu conv relu flatten dense",
    "compact": "pool conv norm relu pool conv norm relu pool flatten dense",
    "polar": "log_polar cyclic conv relu cyclic conv relu conv centroid",
}


@pytest.mark.parametrize("name", LOCALIZERS)
def test_localizer_layers_are_those_of_the_docs(name):
    """The names of the Keras layers up to the head, without prefix and number."""
    model = built(f"{{transformer: {{transform: rotation, localization: {name}}}}}", (40, 40, 1))
    names = [layer.name for layer in model.layers if layer.name.startswith("localization_")]
    kinds = [name.removeprefix("localization_").rstrip("0123456789") for name in names]
    assert " ".join(kinds) == SUMMARIES[name]


@pytest.mark.parametrize("name", [name for name in LOCALIZERS if name != "polar"])
def test_localizer_layers_begin_with_a_pool(name):
    section = LOCALIZERS[name].model_validate({"pool": 4})
    assert isinstance(section, LocalizerSection)
    assert not isinstance(section, PolarLocalizer)
    first = localizer_layers(section)[0]
    assert first.model_dump() == {"layer": "pool", "kind": "average", "size": 4}
