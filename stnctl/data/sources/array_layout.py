"""Layouts of images and labels in files, such as flat images and one-hot labels."""

import math

import numpy as np

from stnctl.config.data_section import MAX_CLASSES
from stnctl.data.sources.array_checks import (
    MAX_EXAMPLES,
    MAX_SIDE,
    check_image_form,
    check_sizes,
)
from stnctl.errors import InputError

ImageShape = tuple[int, int] | tuple[int, int, int]
"""(H, W) or (H, W, C)."""

_USUAL_CHANNELS = (1, 3)
_MAX_SHOWN = 4  # values of a damaged row, in a message


def image_layout(
    where: str, shape: tuple[int, ...], dtype: np.dtype, image_shape: ImageShape | None
) -> tuple[int, ...]:
    """Check the shape of stored images, and return the shape to which they are reshaped.

    The function takes only the header of the array, so that invalid arrays are never read. A file
    does not record the order of the values in flat images; C order with channels last is assumed.

    Args:
        where: Name of the file and the array, for the message.
        shape: (n, H, W) or (n, H, W, C). If ``image_shape`` is given, the images may also be flat,
            (n, H * W) or (n, H * W * C), and axes of size 1 may be missing or added.
        dtype: The dtype that the file declares.
        image_shape: The shape of one image, from `data.image_shape`; None to keep ``shape``.

    Returns:
        (n, H, W) or (n, H, W, C).

    Raises:
        InputError: If ``shape`` does not fit ``image_shape``, if images are flat and
            ``image_shape`` is None, or if `check_image_form` rejects the result.
    """
    if image_shape is None:
        if len(shape) == 2:
            raise InputError(
                f"{where} has shape {shape}: flat images of {shape[1]} values, whose height and "
                "width are unknown",
                hint=_suggest(shape[1]),
            )
        reshaped = shape
    else:
        _check_agreement(where, shape, image_shape)
        reshaped = (*shape[:1], *image_shape)
    check_image_form(where, reshaped, dtype)
    return reshaped


def label_layout(where: str, shape: tuple[int, ...], dtype: np.dtype) -> tuple[int, ...]:
    """Check the shape of stored labels, before `class_numbers` reads them, and return it.

    The function takes only the header of the array, so that invalid arrays are never read.

    Args:
        where: Name of the file and the array, for the message.
        shape: (n,), (n, 1), or (n, K) for one-hot labels.
        dtype: An integer or floating type, or bool for one-hot labels.

    Raises:
        InputError: If the shape or the dtype is none of these, or a size is out of its range.
    """
    if len(shape) not in (1, 2):
        raise InputError(f"{where} has shape {shape}, expected (n,), (n, 1) or one-hot (n, K)")
    if dtype.kind not in ("iufb" if _is_one_hot(shape) else "iuf"):
        raise InputError(
            f"{where} has dtype {dtype}, expected class numbers as integers or floats, "
            "or one-hot rows"
        )
    check_sizes(where, shape, (MAX_EXAMPLES, MAX_CLASSES)[: len(shape)])
    return shape


def class_numbers(array: np.ndarray, where: str) -> np.ndarray:
    """Return the class number of each example, (n,), as integers.

    Args:
        array: Class numbers (n,) or (n, 1), as integers or as floats with integer values. Or
            one-hot labels (n, K), K > 1: each row has a single 1, and zeros elsewhere.
        where: Name of the file and the array, for the message.

    Raises:
        InputError: If a row is invalid. The message names the first invalid row.
    """
    if _is_one_hot(array.shape):
        return _from_one_hot(array, where)
    column = array.reshape(-1)
    return _from_floats(column, where) if column.dtype.kind == "f" else column


def _check_agreement(where: str, shape: tuple[int, ...], image_shape: ImageShape) -> None:
    length, wanted = math.prod(image_shape), list(image_shape)
    if len(shape) == 2:
        if shape[1] != length:
            raise InputError(
                f"{where} has flat images of {shape[1]} values, but data.image_shape is {wanted}, "
                f"which has {length}",
                hint=_suggest(shape[1]),
            )
    elif _without_ones(shape[1:]) != _without_ones(image_shape):
        channels_first = shape[1:] == (*image_shape[2:], *image_shape[:2])
        raise InputError(
            f"{where} has shape {shape}, expected images of data.image_shape, {wanted}, or flat "
            f"ones of {length} values",
            hint="images are stored channels last: use numpy.moveaxis(images, 1, -1)"
            if channels_first
            else "set data.image_shape to null, unless the file has flat images",
        )


def _without_ones(sizes: tuple[int, ...]) -> list[int]:
    return [size for size in sizes if size != 1]


def _suggest(length: int) -> str:
    """Return a hint for flat images: a square image shape if their length allows it."""
    for channels in _USUAL_CHANNELS:
        side = math.isqrt(max(length, 0) // channels)
        if 1 <= side <= MAX_SIDE and side * side * channels == length:
            square = [side, side] if channels == 1 else [side, side, channels]
            return f"if they are square, set `data.image_shape: {square}`"
    return "set the shape of one image with `data.image_shape: [height, width]`"


def _is_one_hot(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[1] > 1


def _from_one_hot(array: np.ndarray, where: str) -> np.ndarray:
    ones = array == 1
    good = (ones.sum(axis=1) == 1) & (np.count_nonzero(array, axis=1) == 1)
    if not good.all():
        row = int(np.argmin(good))
        others = array[row][array[row] != 0]
        shown = ", ".join(map(str, others[:_MAX_SHOWN].tolist())) or "nothing"
        more = ", ..." if len(others) > _MAX_SHOWN else ""
        raise InputError(
            f"{where}: row {row} (from 0) has {shown}{more} besides zeros, expected a single 1: "
            f"labels of shape {array.shape} are read as one-hot",
            hint="labels may also have shape (n,), with the class number of each example",
        )
    numbers: np.ndarray = ones.argmax(axis=1)
    return numbers


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
