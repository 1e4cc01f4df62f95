"""Checks of the arrays of a data set, and their conversion to one canonical form."""

import numpy as np

from stnctl.config.choices import SPLITS
from stnctl.config.data_section import MAX_CLASSES
from stnctl.data.dataset import Arrays
from stnctl.errors import InputError

MAX_EXAMPLES = 10_000_000
MAX_SIDE = 512
MAX_CHANNELS = 4


def check_image_form(where: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Check the shape and the dtype of images, before their values are read.

    Args:
        where: Name of the file and the array, for the message.
        shape: The shape that the file declares.
        dtype: The dtype that the file declares.

    Raises:
        InputError: If the shape is not (n, H, W) or (n, H, W, C), a size is out of its range, or
            the dtype is not an integer type, float32 or float64.
    """
    if dtype.kind not in "iu" and dtype.name not in ("float32", "float64"):
        raise InputError(f"{where} has dtype {dtype}, expected integers, float32 or float64")
    if len(shape) not in (3, 4):
        raise InputError(f"{where} has shape {shape}, expected (n, H, W) or (n, H, W, C)")
    limits = (MAX_EXAMPLES, MAX_SIDE, MAX_SIDE, MAX_CHANNELS)[: len(shape)]
    hint = "images are stored channels last" if len(shape) == 4 else None
    check_sizes(where, shape, limits, hint=hint)


def check_label_form(where: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Check the shape and the dtype of labels, before their values are read.

    Args:
        where: Name of the file and the array, for the message.
        shape: The shape that the file declares.
        dtype: The dtype that the file declares.

    Raises:
        InputError: If the shape is not (n,), n is out of its range, or the dtype is not an integer
            type.
    """
    if dtype.kind not in "iu":
        raise InputError(f"{where} has dtype {dtype}, expected integers")
    if len(shape) != 1:
        raise InputError(f"{where} has shape {shape}, expected (n,)")
    check_sizes(where, shape, (MAX_EXAMPLES,))


def check_sizes(
    where: str, shape: tuple[int, ...], limits: tuple[int, ...], *, hint: str | None = None
) -> None:
    """Check that each size of a shape is from 1 to its limit.

    Args:
        where: Name of the file and the array, for the message.
        shape: The shape.
        limits: The maximum of each size, in the order of the shape.
        hint: Hint of the error, or None.

    Raises:
        InputError: If a size is out of its range.
    """
    if not all(1 <= size <= limit for size, limit in zip(shape, limits, strict=True)):
        raise InputError(f"{where} has shape {shape}, expected sizes from 1 to {limits}", hint=hint)


def canonical_arrays(arrays: Arrays, origin: str, first_label: int = 0) -> Arrays:
    """Check the values of arrays, and return the arrays in the canonical form.

    Args:
        arrays: Images (N, H, W[, C]) and integer labels (N,), as read from a source.
        origin: Name of the source, for the messages.
        first_label: Label of the first class in ``arrays``. It becomes 0.

    Returns:
        Images (N, H, W, C), uint8 or float32 within [0, 1]; labels (N,) int64.

    Raises:
        InputError: If a shape, a dtype or a value does not fit.
    """
    return Arrays(
        **{
            name: _images(array, f"{origin}: {name}")
            if name.startswith("x")
            else _labels(array, f"{origin}: {name}", first_label)
            for name, array in arrays.named().items()
        }
    )


def count_classes(arrays: Arrays, origin: str) -> int:
    """Check that the arrays fit each other, and return the number of classes.

    The number of classes is the largest training label plus 1. If the source has one-hot labels,
    their last columns are not counted if no training example belongs to these classes.

    Args:
        arrays: Arrays from `canonical_arrays`.
        origin: Name of the source, for the messages.

    Raises:
        InputError: If a split has different numbers of images and labels, if test or validation
            images differ from the training images in size or dtype, if test or validation labels
            exceed the largest training label, or if there is only one class.
    """
    highest = int(arrays.y_train.max())
    if highest < 1:
        raise InputError(f"{origin}: y_train has only the label 0, expected at least 2 classes")
    named = arrays.named()
    for part in SPLITS:
        if f"x_{part}" in named:
            _check_part(named, part, highest, origin)
    return highest + 1


def _check_part(named: dict[str, np.ndarray], part: str, highest: int, origin: str) -> None:
    train, images, labels = named["x_train"], named[f"x_{part}"], named[f"y_{part}"]
    if len(images) != len(labels):
        raise InputError(
            f"{origin}: x_{part} has {len(images)} images, but y_{part} has {len(labels)} labels"
        )
    if (images.shape[1:], images.dtype) != (train.shape[1:], train.dtype):
        raise InputError(
            f"{origin}: x_{part} holds {images.shape[1:]} {images.dtype}, expected "
            f"{train.shape[1:]} {train.dtype} as x_train"
        )
    if labels.max() > highest:
        raise InputError(
            f"{origin}: y_{part} goes up to {labels.max()}, expected at most {highest} as y_train"
        )


def _images(array: np.ndarray, where: str) -> np.ndarray:
    check_image_form(where, array.shape, array.dtype)
    low, high = array.min(), array.max()
    floating = array.dtype.kind == "f"
    if not (low >= 0 and high <= (1 if floating else 255)):  # rejects NaN too
        expected = "finite values from 0 to 1" if floating else "values from 0 to 255"
        raise InputError(
            f"{where} holds {array.dtype} from {low} to {high}, expected {expected}",
            hint="scale it: 0 is black and 1 is white" if floating else None,
        )
    stacked = array.reshape(*array.shape[:3], -1)  # (N, H, W, C)
    return np.ascontiguousarray(stacked, np.float32 if floating else np.uint8)


def _labels(array: np.ndarray, where: str, first: int) -> np.ndarray:
    check_label_form(where, array.shape, array.dtype)
    low, high = int(array.min()), int(array.max())
    if low < first or high >= MAX_CLASSES + first:
        raise InputError(
            f"{where} holds labels from {low} to {high}, expected {first} to "
            f"{MAX_CLASSES - 1 + first}",
            hint="set the label of the first class with `data.first_label`",
        )
    labels: np.ndarray = np.ascontiguousarray(array, np.int64) - first
    return labels
