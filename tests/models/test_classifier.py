import keras
import numpy as np
import pytest

from stnctl.config.schema import ClassifierConfig
from stnctl.models.classifier import classify
from tests.models.small import CLASSIFIER


def build(config):
    V = keras.Input((12, 14, 1))
    return keras.Model(V, classify(V, config, 4))


def test_classify_layers():
    model = build(CLASSIFIER)
    names = [layer.name for layer in model.layers[-3:]]
    assert names == ["classifier_dense", "classifier_dropout", "logits"]
    assert model.get_layer("classifier_dense").activation is keras.activations.sigmoid
    assert model.get_layer("classifier_dropout").rate == 0.5
    assert model.output_shape == (None, 4)


def test_classify_returns_linear_logits(input_map):
    model = build(CLASSIFIER)
    bias = np.array([-3, 0, 0, 7])
    model.get_layer("logits").set_weights([np.zeros((5, 4)), bias])
    np.testing.assert_array_equal(model(input_map), [bias] * 3)


@pytest.mark.parametrize(("dropout", "expected"), [(0.0, False), (0.25, True)])
def test_classify_dropout_is_optional(dropout, expected):
    names = [layer.name for layer in build(ClassifierConfig(filters=(), dropout=dropout)).layers]
    assert ("classifier_dropout" in names) is expected
