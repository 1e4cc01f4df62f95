"""What arrays must be to make a data set, and the one form that they are brought to."""

import numpy as np

from stnctl.data.dataset import Arrays
from stnctl.errors import InputError

MAX_EXAMPLES = 10_000_000
MAX_SIDE = 512
MAX_CHANNELS = 4
MAX_CLASSES = 1000


def check_form(origin: str, name: str, shape: tuple[int, ...], dtype: np.dtype) -> None:
    """Refuse an array by its shape and dtype alone, so before it is read.

    Args:
        origin: The file, for the message.
        name: A field of `Arrays`; images begin with "x".
        shape: What the array claims to be.
        dtype: What it claims to hold.

    Raises:
        InputError: If images are not (n, H, W) or (n, H, W, C) of integers, float32 or float64,
            if labels are not (n,) of integers, or if a size is out of its range.
    """
    images = name.startswith("x")
    if dtype.kind not in "iu" and not (images and dtype.name in ("float32", "float64")):
        expected = "integers, float32 or float64" if images else "integers"
        raise InputError(f"{origin}: {name} has dtype {dtype}, expected {expected}")
    if len(shape) not in ((3, 4) if images else (1,)):
        expected = "(n, H, W) or (n, H, W, C)" if images else "(n,)"
        raise InputError(f"{origin}: {name} has shape {shape}, expected {expected}")
    limits = (MAX_EXAMPLES, MAX_SIDE, MAX_SIDE, MAX_CHANNELS)[: len(shape)]
    if not all(1 <= size <= limit for size, limit in zip(shape, limits, strict=True)):
        raise InputError(
            f"{origin}: {name} has shape {shape}, expected sizes from 1 to {limits}",
            hint="images are stored channels last" if len(shape) == 4 else None,
        )


def canonical(arrays: Arrays, origin: str) -> Arrays:
    """Return the arrays in the one form that the rest of the program knows.

    Args:
        arrays: As a source holds them.
        origin: The source, for the messages.

    Returns:
        Images (N, H, W, C), uint8 or float32 within [0, 1]; labels (N,) int64.

    Raises:
        InputError: If a shape, a dtype or a value does not fit.
    """
    for name, array in arrays._asdict().items():
        check_form(origin, name, array.shape, array.dtype)
    return Arrays(
        x_train=_images(arrays.x_train, f"{origin}: x_train"),
        y_train=_labels(arrays.y_train, f"{origin}: y_train"),
        x_test=_images(arrays.x_test, f"{origin}: x_test"),
        y_test=_labels(arrays.y_test, f"{origin}: y_test"),
    )


def count_classes(arrays: Arrays, origin: str) -> int:
    """Return the number of classes, after the arrays are seen to belong together.

    Args:
        arrays: As from `canonical`.
        origin: The source, for the messages.

    Raises:
        InputError: If images and labels differ in number, training and test images in size or
            dtype, or if the test set has a class that the training set has not.
    """
    for half in ("train", "test"):
        images, labels = (len(getattr(arrays, f"{letter}_{half}")) for letter in "xy")
        if images != labels:
            raise InputError(
                f"{origin}: x_{half} has {images} images, but y_{half} has {labels} labels"
            )
    train, test = arrays.x_train, arrays.x_test
    if (train.shape[1:], train.dtype) != (test.shape[1:], test.dtype):
        raise InputError(
            f"{origin}: x_test holds {test.shape[1:]} {test.dtype}, expected "
            f"{train.shape[1:]} {train.dtype} as x_train"
        )
    highest, highest_test = int(arrays.y_train.max()), int(arrays.y_test.max())
    if highest < 1:
        raise InputError(f"{origin}: y_train has only the label 0, expected at least 2 classes")
    if highest_test > highest:
        raise InputError(
            f"{origin}: y_test goes up to {highest_test}, expected at most {highest} as y_train"
        )
    return highest + 1


def _images(array: np.ndarray, where: str) -> np.ndarray:
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
    low, high = int(array.min()), int(array.max())
    if low < 0 or high >= MAX_CLASSES:
        raise InputError(
            f"{where} holds labels from {low} to {high}, expected 0 to {MAX_CLASSES - 1} at most",
            hint="number the classes from 0",
        )
    return np.ascontiguousarray(array, np.int64)
