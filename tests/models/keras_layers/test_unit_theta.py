import json

import keras
import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS, warp
from stnctl.models.keras_layers.unit_theta import UnitTheta
from stnctl.models.theta_operations import UnitAngle


def test_unit_theta_is_the_angle_of_the_vector():
    generator = np.random.default_rng(0)
    angles = generator.uniform(-np.pi, np.pi, 20)
    others = generator.normal(size=(20, 3))
    lengths = generator.uniform(0.1, 9, 20)
    vector = lengths[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    raw = np.concatenate([others[:, :1], vector, others[:, 1:]], axis=-1).astype("float32")
    expected = np.insert(others, 1, angles, axis=-1)
    np.testing.assert_allclose(UnitTheta(position=1)(raw), expected, rtol=0, atol=1e-5)
    assert UnitAngle(1).output_shapes((5,)) == ((4,),)


@pytest.mark.parametrize(("raw", "angle"), [((1, 0), 0), ((0, 0), 0), ((0, -2), -np.pi / 2)])
def test_unit_theta_preset(raw, angle):
    np.testing.assert_array_equal(UnitTheta(position=0)(np.float32([raw])), np.float32([[angle]]))


@pytest.mark.parametrize("transform", ["rotation", "rigid", "similarity"])
def test_unit_theta_turns_without_a_jump(transform, input_map):
    """Across 180 degrees, the angle changes its sign, but the vector and V hardly change."""
    family = TRANSFORMS[transform]
    k = family.parameters.index("angle")
    start = family.identity()
    angles = np.pi + np.linspace(-1e-4, 1e-4, 5)
    rows = [np.concatenate([start[:k], [np.cos(a), np.sin(a)], start[k + 1 :]]) for a in angles]
    theta = np.array(UnitTheta(position=k)(np.float32(rows)))
    assert theta[0, k] > 3.14 > -3.14 > theta[-1, k]
    V = warp(np.repeat(input_map[:1], 5, axis=0), theta, transform=transform)
    inner = V[:, 2:-2, 2:-2]
    assert np.abs(np.diff(inner, axis=0)).max() < 1e-3


def test_unit_theta_has_finite_gradients_without_an_angle():
    """A step from the vector (0, 0) leaves the weights finite."""
    raw = keras.Input((2,))
    dense = keras.layers.Dense(2, kernel_initializer="zeros")
    model = keras.Model(raw, UnitTheta(position=0)(dense(raw)))
    model.compile(keras.optimizers.SGD(0.1), "mse", run_eagerly=True)
    loss = model.train_on_batch(np.ones((3, 2)), np.ones((3, 1)))
    assert np.isfinite(loss)
    assert all(np.isfinite(weight).all() for weight in dense.get_weights())


def test_unit_theta_roundtrip():
    config = json.loads(json.dumps(keras.layers.serialize(UnitTheta(position=1, name="theta"))))
    found = keras.layers.deserialize(config)
    assert isinstance(found, UnitTheta)
    assert (found.position, found.name) == (1, "theta")
