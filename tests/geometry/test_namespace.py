import ml_dtypes
import numpy as np
import pytest

from stnctl.geometry.namespace import (
    add_at,
    array_namespace,
    cast,
    constant,
    dtype_name,
    known_everywhere,
    matrix_product,
    precise,
    with_gradient,
)
from tests.geometry.arrays import maps
from tests.geometry.runners import RUNNERS, TENSOR_RUNNERS, gradients, keras, tensor

DTYPES = ["float16", "float32", "float64", "int32"]
every_runner = pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
tensor_runner = pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)


def test_array_namespace_preset_numpy():
    assert array_namespace(np.zeros(2), np.float32(1)) is np


@pytest.mark.parametrize("value", [1.0, [1.0], None, "x"])
def test_array_namespace_rejects_non_arrays(value):
    with pytest.raises(TypeError, match=f"a NumPy array or a tensor, got {type(value).__name__}"):
        array_namespace(np.zeros(2), value)


def test_array_namespace_preset_tensor():
    ops = keras().ops
    assert array_namespace(tensor(np.zeros(2))) is ops
    assert array_namespace(np.zeros(2), tensor(np.zeros(2))) is ops


def test_known_everywhere_preset():
    """The values of a tensor may be unknown, so nothing is known to hold."""
    assert known_everywhere(np.array([True, True]))
    assert not known_everywhere(np.array([True, False]))
    assert not known_everywhere(tensor(np.zeros(2)) == 0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtype_name_preset(dtype):
    assert dtype_name(np.zeros(2, dtype)) == dtype
    assert dtype_name(tensor(np.zeros(2, dtype))) == dtype


@pytest.mark.parametrize("dtype", DTYPES)
@every_runner
def test_cast_preset(runner, dtype):
    numbers = np.array([-1.0, 0.0, 2.0])
    found = runner(lambda array: cast(array, dtype), numbers)
    np.testing.assert_array_equal(found, numbers.astype(dtype), strict=True)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@every_runner
def test_constant_preset(runner, dtype):
    """A constant takes the dtype of the other array: float64 would spoil a float32 graph."""
    values = np.array([[0.5, 2.0]])
    found = runner(lambda like: constant(values, like) + like, np.ones((1, 2), dtype))
    np.testing.assert_array_equal(found, np.array([[1.5, 3.0]], dtype), strict=True)


@every_runner
def test_add_at_preset(runner):
    index = np.array([2, 0, 2, 2], "int32")
    values = np.array([[1.0, 10], [2, 20], [4, 40], [8, 80]])
    total = np.array([[0.0, 0], [100, 200], [0, 0], [0, 0]])
    found = runner(add_at, total, index, values)
    np.testing.assert_array_equal(found, np.array([[2.0, 20], [100, 200], [13, 130], [0, 0]]))
    assert total[0, 0] == 0, "the argument is unchanged"


@every_runner
def test_add_at_same_bits(runner):
    """Several threads would add in any order, and end in other bits each time."""
    random = np.random.default_rng(0)
    index = random.integers(0, 50, 200_000).astype("int32")
    values = random.normal(size=(200_000, 1)).astype("float32")
    total = np.zeros((50, 1), "float32")
    expected = total.copy()
    np.add.at(expected, index, values)
    np.testing.assert_array_equal(runner(add_at, total, index, values), expected)


@every_runner
def test_matrix_product_random(runner):
    first, second = maps(3, 2, 4), maps(3, 4, 5, seed=1)
    found = runner(matrix_product, first, second)
    np.testing.assert_allclose(found, first @ second, rtol=0, atol=1e-14)


@every_runner
@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("float16", "float32"),
        (ml_dtypes.bfloat16, "float32"),
        ("float32", "float32"),
        ("float64", "float64"),
    ],
)
def test_precise_preset(runner, dtype, expected):
    found = runner(precise, np.array([1.5, -2.0]).astype(dtype))
    np.testing.assert_array_equal(found, np.array([1.5, -2.0], expected), strict=True)


def squares(first, second):
    """Return first^2 + second, with gradients that are plainly different."""
    return with_gradient(
        lambda first, second: first**2 + second,
        lambda upstream, first, second: (upstream * 10 * first, upstream * 7),
        first,
        second,
    )


@every_runner
def test_with_gradient_preset_value(runner):
    found = runner(squares, np.array([1.0, 3.0]), np.array([0.5, 0.25]))
    np.testing.assert_array_equal(found, [1.5, 9.25])


@tensor_runner
def test_with_gradient_jacobian(runner):
    weights = np.array([1.0, 2.0])
    found = gradients(squares, weights, np.array([1.0, 3.0]), np.zeros(2), runner=runner)
    np.testing.assert_array_equal(found, [[10, 60], [7, 14]])
