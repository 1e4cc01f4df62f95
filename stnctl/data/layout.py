"""Images as files keep them: in their shape, or as flat rows that `data.image_shape` unfolds."""

import math

import numpy as np

from stnctl.data.checks import MAX_SIDE, check_image_form
from stnctl.errors import InputError

ImageShape = tuple[int, int] | tuple[int, int, int]
"""(H, W), or (H, W, C)."""

_USUAL_CHANNELS = (1, 3)


def image_layout(
    where: str, shape: tuple[int, ...], dtype: np.dtype, image_shape: ImageShape | None
) -> tuple[int, ...]:
    """Return the shape of stored images once they are unfolded; the order of values stays.

    Only the header is looked at, so that what does not fit is never read. Flat rows are taken to
    be in C order, channels last: nothing in them tells otherwise.

    Args:
        where: File and array, for the message.
        shape: (n, H, W) or (n, H, W, C); with an image shape also (n, H * W) or (n, H * W * C), and
            any axes of size 1 more or less.
        dtype: What the array claims to hold.
        image_shape: What one image is; None if the array has its shape.

    Returns:
        (n, H, W) or (n, H, W, C).

    Raises:
        InputError: If the shape and the image shape do not agree, if flat images come without
            one, or if the result is not as `check_image_form` expects.
    """
    if image_shape is None:
        if len(shape) == 2:
            raise InputError(
                f"{where} has shape {shape}: flat images of {shape[1]} values, whose height and "
                "width are not known",
                hint=_suggest(shape[1]),
            )
        unfolded = shape
    else:
        _check_agreement(where, shape, image_shape)
        unfolded = (*shape[:1], *image_shape)
    check_image_form(where, unfolded, dtype)
    return unfolded


def _check_agreement(where: str, shape: tuple[int, ...], image_shape: ImageShape) -> None:
    length, wanted = math.prod(image_shape), list(image_shape)
    if len(shape) == 2:
        if shape[1] != length:
            raise InputError(
                f"{where} has flat images of {shape[1]} values, but data.image_shape is {wanted}, "
                f"which is {length}",
                hint=_suggest(shape[1]),
            )
    elif _without_ones(shape[1:]) != _without_ones(image_shape):
        channels_first = shape[1:] == (*image_shape[2:], *image_shape[:2])
        raise InputError(
            f"{where} has shape {shape}, expected images of data.image_shape, {wanted}, or flat "
            f"ones of {length} values",
            hint="images are stored channels last: use numpy.moveaxis(images, 1, -1)"
            if channels_first
            else "set data.image_shape to null for images that have their shape",
        )


def _without_ones(sizes: tuple[int, ...]) -> list[int]:
    return [size for size in sizes if size != 1]


def _suggest(length: int) -> str:
    """Return the hint for flat images: the shape of a square one if the length allows it."""
    for channels in _USUAL_CHANNELS:
        side = math.isqrt(max(length, 0) // channels)
        if 1 <= side <= MAX_SIDE and side * side * channels == length:
            square = [side, side] if channels == 1 else [side, side, channels]
            return f"if they are square, set `data.image_shape: {square}`"
    return "say what one image is with `data.image_shape: [height, width]`"
