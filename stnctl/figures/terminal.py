"""Images in a terminal, as half-block characters: two pixels per character, in 24-bit color."""

from collections.abc import Iterator
from itertools import zip_longest

import numpy as np

from stnctl.figures.raster import over_checkerboard, resize_to_fit, to_pillow

UPPER_HALF = "▀"
RESET = "\x1b[0m"
_NO_BACKGROUND = "\x1b[49m"

_ENLARGED = 48
"""Longest side of an enlarged image, in pixels: 48 columns and 24 lines."""

_CELL = 2
_GAP = "  "


def side_by_side(left: np.ndarray, right: np.ndarray, columns: int) -> str:
    """Return two images in half blocks, side by side; see `half_blocks`.

    Args:
        left: (H, W, C), floats in [0, 1].
        right: (H', W', C), floats in [0, 1].
        columns: Largest total width, in characters.
    """
    width = max((columns - len(_GAP)) // 2, 1)
    lines, others = (half_blocks(image, width).splitlines() for image in (left, right))
    blank = " " * lines[0].count(UPPER_HALF)
    pairs = zip_longest(lines, others)
    return "\n".join(f"{one or blank}{_GAP}{other or ''}".rstrip() for one, other in pairs)


def half_blocks(image: np.ndarray, width: int) -> str:
    """Return an image as lines of half blocks, with the upper and lower pixel in ANSI colors.

    An image wider than ``width`` shrinks by averages over areas; a tiny image grows by a whole
    factor. Transparent pixels show a checkerboard. Each line ends with a reset of the colors.

    Args:
        image: (H, W, C), floats in [0, 1]; C = 1, 2 (gray and opacity), 3, or 4 (RGB and opacity).
        width: Largest number of characters in a line.

    Returns:
        Lines, without a newline at the end.

    Raises:
        ValueError: If ``width`` is below 1, or the image has another shape.
    """
    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    raster = to_pillow(image)
    columns = min(width, max(_ENLARGED, raster.width))
    rows = max(_ENLARGED, raster.height)
    fitted = resize_to_fit(raster, columns, rows)
    pixels = np.asarray(over_checkerboard(fitted, cell=_CELL).convert("RGB")).tolist()
    below = [*pixels[1::2], *([None] if len(pixels) % 2 else [])]
    return "\n".join(
        "".join(_characters(upper, lower)) + RESET
        for upper, lower in zip(pixels[::2], below, strict=True)
    )


def _characters(upper: list[list[int]], lower: list[list[int]] | None) -> Iterator[str]:
    """Yield the characters of a line, with color codes where the colors change."""
    before = None
    for column, color in enumerate(upper):
        pair = color, lower[column] if lower else None
        yield UPPER_HALF if pair == before else _colors(*pair) + UPPER_HALF
        before = pair


def _colors(upper: list[int], lower: list[int] | None) -> str:
    """Return the color codes of a character; without ``lower``, the background is reset."""
    return _code(38, upper) + (_code(48, lower) if lower else _NO_BACKGROUND)


def _code(layer: int, color: list[int]) -> str:
    return f"\x1b[{layer};2;" + ";".join(map(str, color)) + "m"
