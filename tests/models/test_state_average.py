import numpy as np
import pytest

from stnctl.models.state import averaged_weights, keeps_average, weights_of
from tests.models.test_state import compiled_model, train


@pytest.fixture
def model(input_map):
    model = compiled_model(use_ema=True, ema_momentum=0.5)
    train(model, input_map, steps=1)
    return model


def test_averaged_holds_the_moving_average(model, input_map):
    """The average begins with the weights after the first step, and takes half of the next."""
    first = [np.array(variable) for variable in model.trainable_variables]
    train(model, input_map, steps=1)
    second = [np.array(variable) for variable in model.trainable_variables]
    with averaged_weights(model):
        inside = [np.array(variable) for variable in model.trainable_variables]
    for average, a, b in zip(inside, first, second, strict=True):
        np.testing.assert_allclose(average, (a + b) / 2, rtol=1e-6, atol=1e-7)


def test_averaged_gives_the_weights_back(model):
    before = weights_of(model)
    with pytest.raises(KeyError), averaged_weights(model):
        raise KeyError
    for name, array in weights_of(model).items():
        np.testing.assert_array_equal(array, before[name], strict=True)


def test_averaged_without_an_average():
    model = compiled_model()
    assert not keeps_average(model)
    before = weights_of(model)
    with averaged_weights(model):
        for name, array in weights_of(model).items():
            np.testing.assert_array_equal(array, before[name], strict=True)
