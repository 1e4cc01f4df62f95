import numpy as np
import pytest

from stnctl.geometry._namespace import array_namespace, cast, dtype_name, stop_gradient
from tests.geometry.runners import tensorflow

DTYPES = ["float16", "float32", "float64", "int32"]


def test_array_namespace_preset_numpy():
    assert array_namespace(np.zeros(2), np.float32(1)) is np


@pytest.mark.parametrize("value", [1.0, [1.0], None, "x"])
def test_array_namespace_rejects_what_is_no_array(value):
    with pytest.raises(TypeError, match=f"a NumPy array or a tensor, got {type(value).__name__}"):
        array_namespace(np.zeros(2), value)


def test_array_namespace_preset_tensor():
    tf = tensorflow()
    from keras import ops

    assert array_namespace(tf.zeros(2)) is ops
    assert array_namespace(np.zeros(2), tf.zeros(2)) is ops


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_name_preset(dtype):
    assert dtype_name(np.zeros(2, dtype)) == dtype
    assert dtype_name(tensorflow().zeros(2, dtype)) == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_cast_preset(dtype):
    numbers = np.array([-1.0, 0.0, 2.0])
    found = cast(numbers, dtype)
    np.testing.assert_array_equal(found, numbers.astype(dtype), strict=True)
    of_tensor = cast(tensorflow().constant(numbers), dtype)
    np.testing.assert_array_equal(of_tensor.numpy(), found, strict=True)


def test_stop_gradient_preset():
    tf = tensorflow()
    numbers = np.array([1.0, 2.0])
    assert stop_gradient(numbers) is numbers
    x = tf.constant(numbers)
    with tf.GradientTape() as tape:
        tape.watch(x)
        product = x * stop_gradient(x)
    np.testing.assert_array_equal(tape.gradient(product, x).numpy(), numbers)
