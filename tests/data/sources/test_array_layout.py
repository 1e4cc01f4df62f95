import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.data.sources.array_layout import class_numbers, image_layout, label_layout
from stnctl.errors import InputError

SIDES = st.integers(1, 512)
CLASSES = st.lists(st.integers(0, 11), min_size=1, max_size=30)
LABEL_DTYPES = ["uint8", "int64", ">i2", "float16", "float32", ">f8"]
WHERE, UINT8 = "a.npz: X", np.dtype(np.uint8)


@given(height=SIDES, width=SIDES, channels=st.none() | st.integers(1, 4))
def test_image_layout_random_flat(height, width, channels):
    image_shape = (height, width) if channels is None else (height, width, channels)
    found = image_layout(WHERE, (7, height * width * (channels or 1)), UINT8, image_shape)
    assert found == (7, *image_shape)


@pytest.mark.parametrize("shape", [(5, 8, 9), (5, 8, 9, 1), (5, 8, 9, 3)])
def test_image_layout_identity_without_image_shape(shape):
    assert image_layout(WHERE, shape, UINT8, None) == shape


@pytest.mark.parametrize(
    ("shape", "image_shape"),
    [
        ((5, 8, 9), (8, 9)),
        ((5, 8, 9), (8, 9, 1)),
        ((5, 8, 9, 1), (8, 9)),
        ((5, 8, 9, 1), (8, 9, 1)),
        ((5, 1, 8, 9), (8, 9)),
        ((5, 1, 8, 9), (8, 9, 1)),
        ((5, 72, 1), (1, 72)),
        ((5, 8, 9, 3), (8, 9, 3)),
        ((5, 3, 3, 3), (3, 3, 3)),
    ],
)
def test_image_layout_accepts_other_axes_of_size_1(shape, image_shape):
    assert image_layout(WHERE, shape, UINT8, image_shape) == (5, *image_shape)


@pytest.mark.parametrize(
    ("length", "hint"),
    [
        (1600, "if they are square, set `data.image_shape: [40, 40]`"),
        (1, "if they are square, set `data.image_shape: [1, 1]`"),
        (3072, "if they are square, set `data.image_shape: [32, 32, 3]`"),
        (513**2, "set the shape of one image with `data.image_shape: [height, width]`"),
        (1500, "set the shape of one image with `data.image_shape: [height, width]`"),
        (0, "set the shape of one image with `data.image_shape: [height, width]`"),
        (-4, "set the shape of one image with `data.image_shape: [height, width]`"),
    ],
)
def test_image_layout_rejects_flat_images_of_unknown_shape(length, hint):
    message = rf"^a.npz: X has shape \(5, {length}\): flat images of {length} values, whose height"
    with pytest.raises(InputError, match=message) as caught:
        image_layout(WHERE, (5, length), UINT8, None)
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("shape", "image_shape", "message", "hint"),
    [
        (
            (5, 1600),
            (28, 28),
            r"flat images of 1600 values, but data.image_shape is \[28, 28\], which has 784$",
            "[40, 40]",
        ),
        ((5, 784), (28, 28, 3), r"of 784 values, but .* is \[28, 28, 3\], which has 2352$", "[28,"),
        ((5, 8, 9), (9, 8), r"shape \(5, 8, 9\), expected images of .*, \[9, 8\], or", "to null"),
        ((5, 8, 9, 3), (8, 9), r"shape \(5, 8, 9, 3\), .* or flat ones of 72 values", "to null"),
        ((5, 1, 72), (8, 9), r"shape \(5, 1, 72\), expected images of", "to null"),
        ((5,), (8, 9), r"shape \(5,\), expected images of", "to null"),
        ((), (8, 9), r"shape \(\), expected images of", "to null"),
        ((5, 3, 8, 9), (8, 9, 3), r"shape \(5, 3, 8, 9\), expected images of", "channels last"),
        ((5, 2, 8, 9), (8, 9, 3), r"shape \(5, 2, 8, 9\), expected images of", "to null"),
    ],
)
def test_image_layout_rejects_other_shapes(shape, image_shape, message, hint):
    with pytest.raises(InputError, match=f"^a.npz: X has .*{message}") as caught:
        image_layout(WHERE, shape, UINT8, image_shape)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("shape", "dtype", "image_shape", "message"),
    [
        ((5, 64), "bool", (8, 8), "dtype bool, expected integers, float32 or float64"),
        ((5, 64), "object", (8, 8), "dtype object"),
        ((0, 64), "uint8", (8, 8), r"shape \(0, 8, 8\), expected sizes from 1"),
        ((-5, 64), "uint8", (8, 8), r"shape \(-5, 8, 8\), expected sizes from 1"),
        ((5, 320), "uint8", (8, 8, 5), r"shape \(5, 8, 8, 5\), expected sizes from 1"),
        ((), "uint8", (1, 1), r"shape \(1, 1\), expected \(n, H, W\)"),
        ((), "uint8", None, r"shape \(\), expected \(n, H, W\)"),
    ],
)
def test_image_layout_rejects_the_result(shape, dtype, image_shape, message):
    with pytest.raises(InputError, match=f"^a.npz: X has {message}"):
        image_layout(WHERE, shape, np.dtype(dtype), image_shape)


def read_labels(array):
    shape = label_layout("a.npz: y", array.shape, array.dtype)
    assert shape == array.shape
    return class_numbers(array, "a.npz: y")


@given(
    classes=CLASSES, dtype=st.sampled_from([*LABEL_DTYPES, "bool"]), num_columns=st.integers(12, 20)
)
def test_class_numbers_random_one_hot(classes, dtype, num_columns):
    found = read_labels(np.eye(num_columns, dtype=dtype)[classes])
    assert (found.tolist(), found.dtype.kind) == (classes, "i")


@given(classes=CLASSES, dtype=st.sampled_from(LABEL_DTYPES), column=st.booleans())
def test_class_numbers_random_numbers(classes, dtype, column):
    found = read_labels(np.array(classes, dtype).reshape((-1, 1) if column else -1))
    assert found.tolist() == classes
    assert found.dtype.kind in "iu"


@given(classes=CLASSES, data=st.data())
def test_class_numbers_rejects_random_damage_of_one_hot(classes, data):
    array = np.eye(12, dtype=np.float32)[classes]
    row = data.draw(st.integers(0, len(classes) - 1))
    column = data.draw(st.integers(0, 11))
    value = data.draw(st.floats(width=32).filter(lambda value: value != array[row, column]))
    array[row, column] = value
    with pytest.raises(InputError, match=rf"a.npz: y: row {row} \(from 0\) has "):
        read_labels(array)


def test_class_numbers_does_not_check_the_range_of_integers():
    assert read_labels(np.array([-1, 2**62])).tolist() == [-1, 2**62]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([0, 0, 0, 0, 0], "has nothing besides zeros, expected a single 1"),
        ([0, 1, 1, 0, 0], r"has 1.0, 1.0 besides zeros"),
        ([0, 2, 0, 0, 0], r"has 2.0 besides zeros"),
        ([0, 1, -1, 0, 0], r"has 1.0, -1.0 besides zeros"),
        ([0.5, 0.5, 0, 0, 0], r"has 0.5, 0.5 besides zeros"),
        ([0, np.nan, 0, 0, 1], r"has nan, 1.0 besides zeros"),
        ([1, 2, 3, 4, 5], r"has 1.0, 2.0, 3.0, 4.0, \.\.\. besides zeros"),
    ],
)
def test_class_numbers_rejects_one_hot(row, message):
    array = np.array([[1, 0, 0, 0, 0], row, row], float)
    with pytest.raises(InputError, match=rf"^a.npz: y: row 1 \(from 0\) {message}") as caught:
        read_labels(array)
    assert r"shape (3, 5) are read as one-hot" in str(caught.value)
    assert "labels may also have shape (n,)" in caught.value.hint


@pytest.mark.parametrize("value", [0.5, -1, 1000, 1e300, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_class_numbers_rejects_floats(value, shape):
    array = np.array([3, value, value], float).reshape(shape)
    message = rf"^a.npz: y: row 1 \(from 0\) is {float(value)}, expected a whole number from 0 to 9"
    with pytest.raises(InputError, match=message.replace("+", r"\+")):
        read_labels(array)


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((), "uint8", r"shape \(\), expected \(n,\), \(n, 1\) or one-hot \(n, K\)"),
        ((9, 10, 1), "uint8", r"shape \(9, 10, 1\), expected"),
        ((9,), "bool", "dtype bool, expected class numbers"),
        ((9, 1), "bool", "dtype bool"),
        ((9,), "<U5", "dtype <U5"),
        ((9, 10), "object", "dtype object"),
        ((9, 10), "complex64", "dtype complex64"),
        ((9, 10), [("a", "u1")], "dtype "),
        ((0,), "uint8", "sizes from 1 to"),
        ((0, 10), "uint8", "sizes from 1 to"),
        ((9, 0), "uint8", "sizes from 1 to"),
        ((-9, 10), "uint8", "sizes from 1 to"),
        ((10_000_001,), "uint8", r"sizes from 1 to \(10000000,\)"),
        ((9, 1001), "uint8", r"sizes from 1 to \(10000000, 1000\)"),
    ],
)
def test_label_layout_rejects(shape, dtype, message):
    with pytest.raises(InputError, match=f"^a.npz: y has .*{message}"):
        label_layout("a.npz: y", shape, np.dtype(dtype))
