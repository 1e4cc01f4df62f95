import keras
import numpy as np
import pytest

from stnctl.models.keras_layers.joint_norm import JointNorm

pytestmark = pytest.mark.usefixtures("keras_backend")


@pytest.mark.parametrize("shape", [(5,), (4, 3, 5)])
@pytest.mark.parametrize("parts", [2, 3])
def test_joint_norm_equals_the_layer_of_keras(shape, parts):
    """The values are far from 0, where a variance from sums of squares would lose its digits."""
    rng = np.random.default_rng(parts)
    x = (100 + rng.normal(size=(6, *shape))).astype("float32")
    own, other = (keras.layers.BatchNormalization(momentum=0.8) for _ in range(2))
    expected = other(x, training=True)
    own.build(x.shape)
    results = JointNorm(own)(np.split(x, parts))
    np.testing.assert_allclose(
        np.concatenate([keras.ops.convert_to_numpy(each) for each in results]),
        keras.ops.convert_to_numpy(expected),
        atol=2e-4,
    )
    for name in ("moving_mean", "moving_variance"):
        found, wanted = (keras.ops.convert_to_numpy(getattr(each, name)) for each in (own, other))
        np.testing.assert_allclose(found, wanted, rtol=1e-4)
