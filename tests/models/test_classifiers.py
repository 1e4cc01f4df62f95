import keras
import numpy as np
import pytest

from stnctl.config.classifier_sections import CLASSIFIERS, ClassifierConfig
from stnctl.config.layer_sections import MAX_WIDTH
from stnctl.config.model_section import ModelConfig
from stnctl.models.classifiers import scaled
from tests.models.small import CLASSIFIER, built, small_model

SUMMARIES = {
    "article": "conv pool relu conv pool relu flatten dense",
    "paper_fcn": "flatten dense dense",
    "paper_cnn": "conv pool relu conv pool relu flatten",
    "speedrun": "conv pool relu conv pool relu flatten dense",
    "compact": "conv norm relu pool conv norm relu conv norm relu pool conv norm relu "
    "conv norm relu global",
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_classifier_layers_are_those_of_the_docs(name):
    """The names of the Keras layers, without prefix and number; the logits come last."""
    model = built(f"{{classifier: {name}}}", (28, 28, 1))
    kinds = [
        layer.name.removeprefix("classifier_").rstrip("0123456789") for layer in model.layers[1:]
    ]
    assert " ".join(kinds) == f"{SUMMARIES[name]} logits"


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("article", 225_034),
        ("paper_fcn", 784 * 256 + 256 + 256 * 256 + 256 + 256 * 10 + 10),  # about 269,000
        ("paper_cnn", 81 * 64 + 64 + 49 * 64 * 64 + 64 + 256 * 10 + 10),  # about 209,000
        ("speedrun", 25 * 24 + 24 + 9 * 24 * 32 + 32 + 800 * 256 + 256 + 256 * 10 + 10),
        ("compact", 9 * (32 + 32 * 48 + 48 * 48 + 48 * 96 + 96 * 64) + 4 * 288 + 650),
    ],
)
def test_classifier_parameters(name, parameters):
    assert built_on_digits(name).count_params() == parameters


def built_on_digits(name):
    from stnctl.models.build import keras_model
    from tests.models.small import traced

    return keras_model(traced(f"{{classifier: {name}}}", (28, 28, 1), 10))


def test_classifier_article_layers():
    model = small_model(ModelConfig(classifier=CLASSIFIER))
    names = [layer.name for layer in model.layers[-3:]]
    assert names == ["classifier_dense", "classifier_dropout", "logits"]
    assert model.get_layer("classifier_dense").activation is keras.activations.sigmoid
    assert model.get_layer("classifier_dropout").rate == 0.5
    assert model.output_shape == (None, 4)


def test_classifier_returns_linear_logits(input_map):
    model = small_model(ModelConfig(classifier=CLASSIFIER))
    bias = np.array([-3, 0, 0, 7])
    model.get_layer("logits").set_weights([np.zeros((5, 4)), bias])
    np.testing.assert_array_equal(model(input_map), [bias] * 3)


@pytest.mark.parametrize(("dropout", "expected"), [(0.0, False), (0.25, True)])
def test_classifier_dropout_is_optional(dropout, expected):
    section = ClassifierConfig(filters=(), dropout=dropout)
    names = [layer.name for layer in small_model(ModelConfig(classifier=section)).layers]
    assert ("classifier_dropout" in names) is expected


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_scaled_multiplies_the_widths(name):
    """Only widths change, each to a whole number from 1 to `MAX_WIDTH`."""
    section = CLASSIFIERS[name].model_validate({"parameters": "400k"})
    for factor, low, high in ((0.5, 1, 2048), (1e-9, 1, 1), (1e9, MAX_WIDTH, MAX_WIDTH)):
        found = scaled(section, factor)
        changed = {
            key for key, value in found if value != getattr(section, key) and key != "parameters"
        }
        assert changed == set(section.widths)
        for key in section.widths:
            widths = np.atleast_1d(getattr(found, key))
            assert low <= widths.min()
            assert widths.max() <= high
    half = scaled(section, 0.5)
    for key in section.widths:
        before, after = np.atleast_1d(getattr(section, key)), np.atleast_1d(getattr(half, key))
        np.testing.assert_array_equal(after, before / 2)
