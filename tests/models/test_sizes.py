import keras
import pytest

from stnctl.config.schema import ClassifierConfig, LocalizationConfig, ModelConfig
from stnctl.config.schema import TransformerConfig as Transformer
from stnctl.errors import ConfigError
from stnctl.models.blocks import pooled_convolutions
from stnctl.models.sizes import check_sizes, smallest_input

NETWORKS = [(0, 3), (1, 1), (1, 2), (1, 3), (2, 3), (2, 4), (3, 3), (3, 5), (5, 2)]


def plain(filters, kernel_size=3):
    return ModelConfig(classifier=ClassifierConfig(filters=filters, kernel_size=kernel_size))


def build(num_convolutions, kernel_size, size):
    return pooled_convolutions(
        keras.Input((*size, 1)),
        filters=(2,) * num_convolutions,
        kernel_size=kernel_size,
        activation="relu",
        name="part",
    )


def test_smallest_input():
    assert [smallest_input(count, 3) for count in range(4)] == [1, 4, 10, 22]
    assert smallest_input(2, 1) == 4


@pytest.mark.parametrize(("num_convolutions", "kernel_size"), NETWORKS)
def test_check_sizes_accepts_the_smallest_input_of_keras(num_convolutions, kernel_size):
    """Keras is left with one pixel of the smallest side."""
    side = smallest_input(num_convolutions, kernel_size)
    assert build(num_convolutions, kernel_size, (side, side + 1)).shape == (None, 2)
    check_sizes(plain((2,) * num_convolutions, kernel_size), (side, side + 1))


@pytest.mark.parametrize(("num_convolutions", "kernel_size"), NETWORKS[1:])
@pytest.mark.parametrize("axis", [0, 1])
def test_check_sizes_rejects_smaller_inputs_as_keras_does(num_convolutions, kernel_size, axis):
    """Keras rejects a side that is one pixel smaller."""
    side = smallest_input(num_convolutions, kernel_size)
    size = tuple(side - (i == axis) for i in range(2))
    with pytest.raises(ValueError, match=r"negative|zero|positive"):
        build(num_convolutions, kernel_size, size)
    with pytest.raises(ConfigError, match=f"at least {side}x{side}, got {size[0]}x{size[1]}"):
        check_sizes(plain((2,) * num_convolutions, kernel_size), size)


def test_check_sizes_rejects_classifier():
    with pytest.raises(ConfigError) as caught:
        check_sizes(plain((32, 64)), (28, 9))
    assert str(caught.value) == (
        "model.classifier: 2 convolutions of 3x3, each with a 2x2 pool, "
        "need maps of at least 10x10, got 28x9"
    )
    assert caught.value.hint == (
        "shorten model.classifier.filters, lower model.classifier.kernel_size, or use larger images"
    )


def test_check_sizes_rejects_localization():
    config = ModelConfig(transformer=Transformer(output_size=(28, 28)))
    check_sizes(config, (22, 22))
    with pytest.raises(ConfigError, match=r"model\.transformer\.localization: 3 .*, got 21x22"):
        check_sizes(config, (21, 22))


@pytest.mark.parametrize(
    ("output_size", "fits"), [(None, True), ((10, 10), True), ((9, 10), False), ((10, 9), False)]
)
def test_check_sizes_of_an_output_size(output_size, fits):
    """The classifier's input has the size of V, that of the localization network the size of U."""
    localization = LocalizationConfig(filters=(2,))
    config = ModelConfig(
        transformer=Transformer(localization=localization, output_size=output_size)
    )
    if fits:
        check_sizes(config, (28, 28))
    else:
        with pytest.raises(ConfigError, match=r"model\.classifier: .* at least 10x10, got"):
            check_sizes(config, (28, 28))


def test_check_sizes_rejects_a_wrong_number_of_bounds():
    localization = LocalizationConfig(filters=(2,), head="bounded", bounds=((0.0, 2.0),))
    config = ModelConfig(transformer=Transformer(localization=localization))
    with pytest.raises(ConfigError, match=r"localization\.bounds: expected 6 pairs, .* got 1"):
        check_sizes(config, (28, 28))
