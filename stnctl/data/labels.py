"""Labels as files keep them: numbers of classes, the same as floats or in a column, or one-hot."""

import numpy as np

from stnctl.data.checks import MAX_CLASSES, MAX_EXAMPLES, check_sizes
from stnctl.errors import InputError

_SHOWN = 4


def label_layout(where: str, shape: tuple[int, ...], dtype: np.dtype) -> tuple[int, ...]:
    """Return the shape of stored labels, which `class_numbers` can read if they pass.

    Only the header is looked at, so that what does not fit is never read.

    Args:
        where: File and array, for the message.
        shape: (n,), (n, 1), or one-hot (n, K).
        dtype: Integers or floats; one-hot also bool.

    Raises:
        InputError: If the shape or the dtype is another, or if a size is out of its range.
    """
    if len(shape) not in (1, 2):
        raise InputError(f"{where} has shape {shape}, expected (n,), (n, 1) or one-hot (n, K)")
    if dtype.kind not in ("iufb" if _is_one_hot(shape) else "iuf"):
        raise InputError(
            f"{where} has dtype {dtype}, expected the numbers of classes as integers or floats, "
            "or one-hot rows"
        )
    check_sizes(where, shape, (MAX_EXAMPLES, MAX_CLASSES)[: len(shape)])
    return shape


def class_numbers(array: np.ndarray, where: str) -> np.ndarray:
    """Return the number of each example's class, (n,), integers.

    Args:
        array: (n,) or (n, 1), integers or floats of whole value; or (n, K), K > 1, with one 1
            in each row and zeros elsewhere.
        where: File and array, for the message.

    Raises:
        InputError: If a row is none of these; the first such row is named.
    """
    if _is_one_hot(array.shape):
        return _from_one_hot(array, where)
    column = array.reshape(-1)
    return _from_floats(column, where) if column.dtype.kind == "f" else column


def _is_one_hot(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[1] > 1


def _from_one_hot(array: np.ndarray, where: str) -> np.ndarray:
    ones = array == 1
    good = (ones.sum(axis=1) == 1) & (np.count_nonzero(array, axis=1) == 1)
    if not good.all():
        row = int(np.argmin(good))
        others = array[row][array[row] != 0]
        shown = ", ".join(map(str, others[:_SHOWN].tolist())) or "nothing"
        more = ", ..." if len(others) > _SHOWN else ""
        raise InputError(
            f"{where}: row {row} (from 0) has {shown}{more} besides zeros, expected a single 1: "
            f"labels of shape {array.shape} are read as one-hot",
            hint="labels may also be (n,), the number of each example's class",
        )
    return ones.argmax(axis=1)


def _from_floats(column: np.ndarray, where: str) -> np.ndarray:
    good = (column >= 0) & (column < MAX_CLASSES) & (column == np.floor(column))
    if not good.all():
        row = int(np.argmin(good))
        raise InputError(
            f"{where}: row {row} (from 0) is {column[row]}, expected a whole number from 0 to "
            f"{MAX_CLASSES - 1}",
            hint="number the classes from 0",
        )
    return column.astype(np.int64)
