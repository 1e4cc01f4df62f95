"""What arrays must be to make a data set, and the one form that they are brought to."""

import numpy as np

from stnctl.data.dataset import SPLITS, Arrays
from stnctl.errors import InputError

MAX_EXAMPLES = 10_000_000
MAX_SIDE = 512
MAX_CHANNELS = 4
MAX_CLASSES = 1000


def check_image_form(where: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Refuse images by their shape and dtype alone, so before they are read.

    Args:
        where: File and array, for the message.
        shape: What the array claims to be.
        dtype: What it claims to hold.

    Raises:
        InputError: If they are not (n, H, W) or (n, H, W, C) of integers, float32 or float64, or
            if a size is out of its range.
    """
    if dtype.kind not in "iu" and dtype.name not in ("float32", "float64"):
        raise InputError(f"{where} has dtype {dtype}, expected integers, float32 or float64")
    if len(shape) not in (3, 4):
        raise InputError(f"{where} has shape {shape}, expected (n, H, W) or (n, H, W, C)")
    limits = (MAX_EXAMPLES, MAX_SIDE, MAX_SIDE, MAX_CHANNELS)[: len(shape)]
    hint = "images are stored channels last" if len(shape) == 4 else None
    check_sizes(where, shape, limits, hint=hint)


def check_label_form(where: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Refuse labels by their shape and dtype alone, so before they are read.

    Args:
        where: File and array, for the message.
        shape: What the array claims to be.
        dtype: What it claims to hold.

    Raises:
        InputError: If they are not (n,) of integers, or if n is out of its range.
    """
    if dtype.kind not in "iu":
        raise InputError(f"{where} has dtype {dtype}, expected integers")
    if len(shape) != 1:
        raise InputError(f"{where} has shape {shape}, expected (n,)")
    check_sizes(where, shape, (MAX_EXAMPLES,))


def check_sizes(
    where: str, shape: tuple[int, ...], limits: tuple[int, ...], *, hint: str | None = None
) -> None:
    """Refuse a shape with a size below 1 or above its limit.

    Args:
        where: File and array, for the message.
        shape: The sizes.
        limits: The most that each may be; as many.
        hint: What to do next.

    Raises:
        InputError: If a size is out of its range.
    """
    if not all(1 <= size <= limit for size, limit in zip(shape, limits, strict=True)):
        raise InputError(f"{where} has shape {shape}, expected sizes from 1 to {limits}", hint=hint)


def canonical_arrays(arrays: Arrays, origin: str) -> Arrays:
    """Return the arrays in the one form that the rest of the program knows.

    Args:
        arrays: As a source gives them: images (N, H, W[, C]), labels (N,) of integers.
        origin: The source, for the messages.

    Returns:
        Images (N, H, W, C), uint8 or float32 within [0, 1]; labels (N,) int64.

    Raises:
        InputError: If a shape, a dtype or a value does not fit.
    """
    return Arrays(
        **{
            name: (_images if name.startswith("x") else _labels)(array, f"{origin}: {name}")
            for name, array in arrays.named().items()
        }
    )


def count_classes(arrays: Arrays, origin: str) -> int:
    """Return the number of classes, after the arrays are seen to belong together.

    It is the largest label to train on, plus 1: columns of one-hot labels in which no training
    example has its 1, after that of the largest label, do not count.

    Args:
        arrays: As from `canonical_arrays`.
        origin: The source, for the messages.

    Raises:
        InputError: If images and labels differ in number, if other images differ from those to
            train on in size or dtype, or have a class that those have not.
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
    if not (low >= 0 and high <= (1 if floating else 255)):  # so NaN too
        expected = "finite values from 0 to 1" if floating else "values from 0 to 255"
        raise InputError(
            f"{where} holds {array.dtype} from {low} to {high}, expected {expected}",
            hint="scale it: 0 is black and 1 is white" if floating else None,
        )
    stacked = array.reshape(*array.shape[:3], -1)  # (N, H, W, C)
    return np.ascontiguousarray(stacked, np.float32 if floating else np.uint8)


def _labels(array: np.ndarray, where: str) -> np.ndarray:
    check_label_form(where, array.shape, array.dtype)
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= MAX_CLASSES:
        raise InputError(
            f"{where} holds labels from {low} to {high}, expected 0 to {MAX_CLASSES - 1} at most",
            hint="number the classes from 0",
        )
    return np.ascontiguousarray(array, np.int64)
