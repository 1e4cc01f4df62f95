import json

import keras
import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS, bounded
from stnctl.models.theta_heads import BoundedTheta, IdentityTheta

PROJECTIVE = TRANSFORMS["projective"]
ARGUMENTS = {"identity": PROJECTIVE.identity(), "bounds": PROJECTIVE.bounds}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_identity_theta_of_each_transform(name):
    identity = TRANSFORMS[name].identity()
    found = IdentityTheta(identity)(identity.shape, dtype="float32")
    np.testing.assert_array_equal(found, identity.astype("float32"))


def test_identity_theta_roundtrip():
    config = json.loads(json.dumps(keras.initializers.serialize(IdentityTheta(np.arange(3)))))
    found = keras.initializers.deserialize(config)
    assert isinstance(found, IdentityTheta)
    assert found.get_config() == {"identity": [0.0, 1.0, 2.0]}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_bounded_theta_of_zeros_is_the_identity(name):
    transform = TRANSFORMS[name]
    layer = BoundedTheta(identity=transform.identity(), bounds=transform.bounds)
    theta = layer(np.zeros((2, transform.num_params), "float32"))
    np.testing.assert_array_equal(theta, np.float32([transform.identity()] * 2), strict=True)


def test_bounded_theta_matches_numpy():
    raw = np.random.default_rng(0).normal(scale=3, size=(20, 8))
    expected = bounded(raw, PROJECTIVE.identity(), np.array(PROJECTIVE.bounds))
    theta = BoundedTheta(**ARGUMENTS)(raw.astype("float32"))
    np.testing.assert_allclose(theta, expected, rtol=0, atol=1e-6)


def test_bounded_theta_output_shape():
    symbol = BoundedTheta(**ARGUMENTS)(keras.Input((8,)))
    assert (symbol.shape, symbol.dtype) == ((None, 8), "float32")


def test_bounded_theta_roundtrip():
    layer = BoundedTheta(**ARGUMENTS, name="theta")
    config = json.loads(json.dumps(keras.layers.serialize(layer)))
    found = keras.layers.deserialize(config)
    assert isinstance(found, BoundedTheta)
    assert found.get_config() == layer.get_config()
    raw = np.float32([np.arange(8)])
    np.testing.assert_array_equal(found(raw), layer(raw))


def test_bounded_theta_rejects_identity_out_of_bounds():
    layer = BoundedTheta(identity=[1.0], bounds=[[0.0, 1.0]])
    with pytest.raises(ValueError, match="must be within the bounds"):
        layer(np.zeros((2, 1), "float32"))
