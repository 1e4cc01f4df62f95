import numpy as np
import pytest

from stnctl.data.sources.array_checks import (
    canonical_arrays,
    check_image_form,
    check_label_form,
    count_classes,
)
from stnctl.errors import InputError


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int32", "int64", ">i4"])
def test_canonical_arrays_equal_for_all_integer_dtypes(arrays, dtype):
    small = arrays._replace(x_train=arrays.x_train // 2)
    stored = small._replace(
        x_train=small.x_train.astype(dtype), y_train=arrays.y_train.astype(dtype)
    )
    found = canonical_arrays(stored, "data")
    assert (found.x_train.dtype, found.x_train.shape) == (np.uint8, (20, 8, 8, 1))
    assert (found.y_train.dtype, found.y_train.shape) == (np.int64, (20,))
    np.testing.assert_array_equal(found.x_train[..., 0], small.x_train)
    np.testing.assert_array_equal(found.y_train, arrays.y_train)


@pytest.mark.parametrize("dtype", ["float32", "float64", ">f4"])
def test_canonical_arrays_preset_floating(arrays, dtype):
    stored = arrays._replace(x_train=(arrays.x_train / 255).astype(dtype))
    found = canonical_arrays(stored, "data").x_train
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[..., 0], arrays.x_train / 255, atol=1e-7)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_canonical_arrays_preset_channels(arrays, channels):
    images = np.repeat(arrays.x_train[..., np.newaxis], channels, axis=-1)
    assert canonical_arrays(arrays._replace(x_train=images), "data").x_train.shape == (
        20,
        8,
        8,
        channels,
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("x_train", np.full((20, 8, 8), -1), "x_train holds int64 from -1 to -1, expected values"),
        ("x_train", np.full((20, 8, 8), 256), "from 256 to 256, expected values from 0 to 255"),
        ("x_test", np.full((10, 8, 8), 255.0), "from 255.0 to 255.0, expected finite values from"),
        ("x_test", np.full((10, 8, 8), np.nan), "from nan to nan, expected finite values"),
        ("x_test", np.full((10, 8, 8), np.inf), "from inf to inf, expected finite values"),
        ("y_train", np.full(20, -1), "y_train holds labels from -1 to -1, expected 0 to 999"),
        ("y_test", np.full(10, 1000), "y_test holds labels from 1000 to 1000"),
        ("y_test", np.full(10, 2**64 - 1, np.uint64), "from 18446744073709551615 to"),
        ("y_test", np.zeros(10), "y_test has dtype float64, expected integers"),
        ("y_test", np.zeros((10, 10), int), r"y_test has shape \(10, 10\), expected \(n,\)"),
        ("x_validation", np.full((9, 8, 8), 256), "x_validation holds int64 from 256 to 256"),
        ("x_validation", np.zeros((9, 64)), r"x_validation has shape \(9, 64\), expected"),
        ("y_validation", np.full(9, -1), "y_validation holds labels from -1 to -1"),
    ],
)
def test_canonical_arrays_rejects(with_validation, name, value, message):
    with pytest.raises(InputError, match=f"data.npz: .*{message}"):
        canonical_arrays(with_validation._replace(**{name: value}), "data.npz")


def test_canonical_arrays_preset_validation(arrays, with_validation):
    assert canonical_arrays(arrays, "data").x_validation is None
    found = canonical_arrays(with_validation, "data")
    assert (found.x_validation.shape, found.y_validation.dtype) == ((10, 8, 8, 1), np.int64)


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((9, 28, 28), "object", "dtype object, expected integers, float32 or float64"),
        ((9, 28, 28), "float16", "dtype float16"),
        ((9, 28, 28), "bool", "dtype bool"),
        ((9, 28, 28), [("a", "u1")], "dtype "),
        ((9, 784), "uint8", r"shape \(9, 784\), expected \(n, H, W\) or"),
        ((0, 28, 28), "uint8", r"shape \(0, 28, 28\), expected sizes from 1"),
        ((9, 513, 28), "uint8", r"expected sizes from 1 to \(10000000, 512, 512\)"),
        ((9, -1, 28), "uint8", "expected sizes from 1"),
        ((9, 3, 28, 28), "uint8", "expected sizes from 1"),
    ],
)
def test_check_image_form_rejects(shape, dtype, message):
    with pytest.raises(InputError, match=f"data.npz: x_train has .*{message}"):
        check_image_form("data.npz: x_train", shape, np.dtype(dtype))


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((0,), "uint8", "expected sizes from 1"),
        ((), "uint8", r"shape \(\), expected \(n,\)"),
        ((9, 1), "uint8", r"shape \(9, 1\), expected \(n,\)"),
        ((9,), "float32", "dtype float32, expected integers"),
        ((9,), "bool", "dtype bool, expected integers"),
    ],
)
def test_check_label_form_rejects(shape, dtype, message):
    with pytest.raises(InputError, match=f"data.npz: y_test has .*{message}"):
        check_label_form("data.npz: y_test", shape, np.dtype(dtype))


def test_count_classes_preset(arrays):
    assert count_classes(canonical_arrays(arrays, "data"), "data") == 10


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("y_train", np.arange(19), "x_train has 20 images, but y_train has 19 labels"),
        ("y_test", np.arange(9), "x_test has 10 images, but y_test has 9 labels"),
        ("x_test", np.zeros((10, 8, 9), int), r"x_test holds \(8, 9, 1\) uint8, expected \(8, 8"),
        ("x_test", np.zeros((10, 8, 8)), r"x_test holds \(8, 8, 1\) float32, expected \(8, 8, 1"),
        ("y_train", np.zeros(20, int), "y_train has only the label 0, expected at least 2"),
        ("y_test", np.full(10, 10), "y_test goes up to 10, expected at most 9 as y_train"),
        ("y_validation", np.arange(9), "x_validation has 10 images, but y_validation has 9 labels"),
        ("y_validation", np.full(10, 10), "y_validation goes up to 10, expected at most 9 as y_t"),
        ("x_validation", np.zeros((10, 8, 9), int), r"x_validation holds \(8, 9, 1\) uint8, exp"),
        ("x_validation", np.zeros((10, 8, 8)), r"x_validation holds \(8, 8, 1\) float32, expected"),
    ],
)
def test_count_classes_rejects(with_validation, name, value, message):
    found = canonical_arrays(with_validation._replace(**{name: value}), "data")
    with pytest.raises(InputError, match=f"data: {message}"):
        count_classes(found, "data")
