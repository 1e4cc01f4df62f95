import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.data.sources.array_layout import class_numbers, label_layout
from stnctl.errors import InputError

CLASSES = st.lists(st.integers(0, 11), min_size=1, max_size=30)
STORED = ["uint8", "int64", ">i2", "float16", "float32", ">f8"]


def read(array):
    shape = label_layout("a.npz: y", array.shape, array.dtype)
    assert shape == array.shape
    return class_numbers(array, "a.npz: y")


@given(classes=CLASSES, dtype=st.sampled_from([*STORED, "bool"]), num_columns=st.integers(12, 20))
def test_class_numbers_random_one_hot(classes, dtype, num_columns):
    found = read(np.eye(num_columns, dtype=dtype)[classes])
    assert (found.tolist(), found.dtype.kind) == (classes, "i")


@given(classes=CLASSES, dtype=st.sampled_from(STORED), column=st.booleans())
def test_class_numbers_random_numbers(classes, dtype, column):
    found = read(np.array(classes, dtype).reshape((-1, 1) if column else -1))
    assert found.tolist() == classes
    assert found.dtype.kind in "iu"


@given(classes=CLASSES, data=st.data())
def test_class_numbers_random_damage_of_one_hot_is_seen(classes, data):
    array = np.eye(12, dtype=np.float32)[classes]
    row = data.draw(st.integers(0, len(classes) - 1))
    column = data.draw(st.integers(0, 11))
    value = data.draw(st.floats(width=32).filter(lambda value: value != array[row, column]))
    array[row, column] = value
    with pytest.raises(InputError, match=rf"a.npz: y: row {row} \(from 0\) has "):
        read(array)


def test_class_numbers_keeps_the_range_of_integers_for_later():
    assert read(np.array([-1, 2**62])).tolist() == [-1, 2**62]


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
        read(array)
    assert r"shape (3, 5) are read as one-hot" in str(caught.value)
    assert "labels may also be (n,)" in caught.value.hint


@pytest.mark.parametrize("value", [0.5, -1, 1000, 1e300, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_class_numbers_rejects_floats(value, shape):
    array = np.array([3, value, value], float).reshape(shape)
    message = rf"^a.npz: y: row 1 \(from 0\) is {float(value)}, expected a whole number from 0 to 9"
    with pytest.raises(InputError, match=message.replace("+", r"\+")):
        read(array)


@pytest.mark.parametrize(
    ("shape", "dtype", "message"),
    [
        ((), "uint8", r"shape \(\), expected \(n,\), \(n, 1\) or one-hot \(n, K\)"),
        ((9, 10, 1), "uint8", r"shape \(9, 10, 1\), expected"),
        ((9,), "bool", "dtype bool, expected the numbers of classes"),
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
