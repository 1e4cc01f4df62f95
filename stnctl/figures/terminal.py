"""Images in a terminal: two pixels per character, in color as half blocks, or as ASCII shades."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Literal

import numpy as np

from stnctl.figures.raster import over_checkerboard, resize_to_fit, to_pillow

DrawingStyle = Literal["24-bit", "256", "ascii"]
"""Half blocks in 24-bit color or in the 256 colors of xterm, or shades without color."""

UPPER_HALF = "▀"
RESET = "\x1b[0m"
_NO_BACKGROUND = "\x1b[49m"

SHADES = " .:-=+*#%@"
"""Characters from dark to light, as light text on a dark background shows them."""

_ENLARGED = 48
"""Longest side of an enlarged image, in pixels: 48 columns and 24 lines."""

_CELL = 2
_GAP = "  "


def side_by_side(left: np.ndarray, right: np.ndarray, columns: int, style: DrawingStyle) -> str:
    """Return two images side by side, as lines without a newline at the end; see `drawing`.

    Args:
        left: (H, W, C), floats in [0, 1].
        right: (H', W', C), floats in [0, 1].
        columns: Largest total width, in characters.
        style: The style of both drawings.
    """
    width = max((columns - len(_GAP)) // 2, 1)
    lines, others = (drawing(image, width, style).splitlines() for image in (left, right))
    blank = " " * (len(lines[0]) if style == "ascii" else lines[0].count(UPPER_HALF))
    pairs = zip_longest(lines, others)
    return "\n".join(f"{one or blank}{_GAP}{other or ''}".rstrip() for one, other in pairs)


def drawing(image: np.ndarray, width: int, style: DrawingStyle) -> str:
    """Return an image as lines of characters; each shows an upper and a lower pixel.

    An image wider than ``width`` shrinks by averages over areas; a tiny image grows by a whole
    factor. Transparent pixels show a checkerboard. In the color styles, each character is a half
    block, and each line ends with a reset of the colors. In the style "ascii", a character is the
    shade of the mean of its pixels.

    Args:
        image: (H, W, C), floats in [0, 1]; C = 1, 2 (gray and opacity), 3, or 4 (RGB and opacity).
        width: Largest number of characters in a line.
        style: The style of the drawing.

    Returns:
        Lines, without a newline at the end.

    Raises:
        ValueError: If ``width`` is below 1, or the image has another shape.
    """
    pixels = _fitted(image, width)
    if style == "ascii":
        return "\n".join(_shade_lines(pixels))
    codes = _codes_24_bit(pixels) if style == "24-bit" else _codes_256(pixels)
    below = [*codes[1::2], *([None] if len(codes) % 2 else [])]
    return "\n".join(
        "".join(_half_blocks(upper, lower)) + RESET
        for upper, lower in zip(codes[::2], below, strict=True)
    )


def _fitted(image: np.ndarray, width: int) -> np.ndarray:
    """Return the pixels of a drawing, (h, w, 3), uint8, at most ``width`` wide."""
    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    raster = to_pillow(image)
    columns = min(width, max(_ENLARGED, raster.width))
    rows = max(_ENLARGED, raster.height)
    fitted = resize_to_fit(raster, columns, rows)
    return np.asarray(over_checkerboard(fitted, cell=_CELL).convert("RGB"))


def _shade_lines(pixels: np.ndarray) -> list[str]:
    """Return a line of `SHADES` for each two rows of pixels (h, w, 3)."""
    grays = pixels @ np.array([0.299, 0.587, 0.114])
    starts = range(0, len(grays), 2)
    means = np.stack([grays[start : start + 2].mean(axis=0) for start in starts])
    indices = np.rint(means / 255 * (len(SHADES) - 1)).astype(int)
    return ["".join(SHADES[index] for index in row) for row in indices]


def _half_blocks(upper: list[str], lower: list[str] | None) -> Iterator[str]:
    """Yield the characters of a line, with color codes where the colors change."""
    before = None
    for column, code in enumerate(upper):
        pair = code, lower[column] if lower else None
        yield UPPER_HALF if pair == before else _colors(*pair) + UPPER_HALF
        before = pair


def _colors(upper: str, lower: str | None) -> str:
    """Return the color codes of a character; without ``lower``, the background is reset."""
    return f"\x1b[38;{upper}m" + (f"\x1b[48;{lower}m" if lower else _NO_BACKGROUND)


def _codes_24_bit(pixels: np.ndarray) -> list[list[str]]:
    return [[f"2;{r};{g};{b}" for r, g, b in row] for row in pixels.tolist()]


def _codes_256(pixels: np.ndarray) -> list[list[str]]:
    """Return the codes of near colors of xterm: 16 to 231 are a cube, 232 to 255 are grays."""
    levels = np.array([0, 95, 135, 175, 215, 255])
    colors = pixels.astype(int)
    cube = np.abs(colors[..., None] - levels).argmin(axis=-1)  # (h, w, 3)
    gray = np.clip(np.rint((colors.mean(axis=-1) - 8) / 10), 0, 23).astype(int)
    from_cube = np.abs(levels[cube] - colors).sum(axis=-1)
    from_gray = np.abs(8 + 10 * gray[..., None] - colors).sum(axis=-1)
    numbers = np.where(from_gray < from_cube, 232 + gray, 16 + cube @ np.array([36, 6, 1]))
    return [[f"5;{number}" for number in row] for row in numbers.tolist()]
