"""Fixtures of models: Keras, an input map, and half precision."""

import numpy as np
import pytest


@pytest.fixture(scope="session", autouse=True)
def start_keras(keras_backend):
    """Start Keras as the program does."""


@pytest.fixture(scope="module")
def eager(keras_backend):
    """Run without compilation, which takes longer than a few calls of a small network."""
    if keras_backend == "tensorflow":
        import tensorflow as tf

        tf.config.run_functions_eagerly(True)
        yield
        tf.config.run_functions_eagerly(False)
    else:
        yield


@pytest.fixture
def input_map():
    """Return U of shape (3, 12, 14, 1), not square, with values from 0 to 1."""
    return np.random.default_rng(0).uniform(size=(3, 12, 14, 1)).astype("float32")


@pytest.fixture(params=["mixed_float16", "mixed_bfloat16"])
def half(request, keras_backend):
    """Set a policy of half precision for layers, and return its dtype."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(request.param)
    yield request.param.removeprefix("mixed_")
    keras.config.set_dtype_policy(before)
