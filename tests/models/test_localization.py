import keras
import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS
from stnctl.models.localization import IdentityTheta, localize
from tests.models.small import RESIDUAL, SIGMOID


def build(config):
    U = keras.Input((12, 14, 1))
    return keras.Model(U, localize(U, config, "affine"))


def test_localize_identity(input_map):
    """The residual head starts at the identity, to the bit, whatever U holds."""
    theta = build(RESIDUAL).predict(input_map * 1e3, verbose=0)
    expected = np.float32([TRANSFORMS["affine"].identity()] * 3)
    np.testing.assert_array_equal(theta, expected, strict=True)


def test_localize_preset_sigmoid(input_map):
    """The naive head keeps every parameter between 0 and 1, far from the identity."""
    model = build(SIGMOID)
    theta = model.predict(input_map, verbose=0)
    assert theta.shape == (3, 6)
    assert (theta > 0).all()
    assert (theta < 1).all()
    assert np.abs(theta - TRANSFORMS["affine"].identity()).max() > 0.25
    assert model.get_layer("theta").activation is keras.activations.sigmoid


def test_localize_preset_bottleneck(input_map):
    model = build(RESIDUAL)
    bottleneck = model.get_layer("localization_bottleneck")
    assert bottleneck.units == RESIDUAL.bottleneck.units
    assert bottleneck.activation is keras.activations.tanh
    model(input_map)
    features = keras.Model(model.input, bottleneck.output)(input_map)
    penalty = RESIDUAL.bottleneck.activity_l2 * np.square(features).sum() / len(input_map)
    np.testing.assert_allclose(model.losses, [penalty], rtol=1e-6)


def test_localize_preset_without_bottleneck(input_map):
    model = build(SIGMOID)
    assert [layer.name for layer in model.layers[-2:]] == ["localization_flatten", "theta"]
    model(input_map)
    assert model.losses == []


@pytest.mark.parametrize("name", TRANSFORMS)
def test_identity_theta_preset(name):
    identity = TRANSFORMS[name].identity()
    found = IdentityTheta(name)(identity.shape, dtype="float32")
    np.testing.assert_array_equal(found, identity.astype("float32"))


def test_identity_theta_roundtrip():
    config = keras.initializers.serialize(IdentityTheta("affine"))
    found = keras.initializers.deserialize(config)
    assert isinstance(found, IdentityTheta)
    assert found.get_config() == {"transform": "affine"}
