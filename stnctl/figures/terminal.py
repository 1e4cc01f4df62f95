"""Pictures in a terminal: two pixels a character, in 24-bit color."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

UPPER_HALF = "▀"
RESET = "\x1b[0m"
_NO_BACKGROUND = "\x1b[49m"

_ENLARGED = 48
"""Pixels to which tiny pictures grow at most: 48 columns and 24 lines."""

_CELL = 2


def half_blocks(image: "np.ndarray", width: int) -> str:
    """Return a picture as lines of half blocks, their upper and lower pixel in ANSI colors.

    It shrinks to ``width`` by averages over areas; a tiny one grows by a whole factor. Transparent
    parts lie on a checkerboard. Colors are reset at the end of each line.

    Args:
        image: (H, W, C), floats in [0, 1]; C = 1, 2 (gray and opacity), 3, or 4 (RGB and opacity).
        width: Columns to fill at most.

    Returns:
        Lines, without a newline at the end.

    Raises:
        ValueError: If ``width`` is below 1, or the image has another shape.
    """
    import numpy as np

    from stnctl.figures.raster import fitted, opaque, to_picture

    if width < 1:
        raise ValueError(f"width must be at least 1, got {width}")
    picture = to_picture(image)
    columns = min(width, max(_ENLARGED, picture.width))
    rows = max(_ENLARGED, picture.height)
    colored = opaque(fitted(picture, columns, rows), cell=_CELL).convert("RGB")
    pixels = np.asarray(colored).tolist()
    below = [*pixels[1::2], *([None] if len(pixels) % 2 else [])]
    return "\n".join(
        "".join(_characters(upper, lower)) + RESET
        for upper, lower in zip(pixels[::2], below, strict=True)
    )


def _characters(upper: list[list[int]], lower: list[list[int]] | None) -> Iterator[str]:
    """Yield the characters of a line, with colors where they change."""
    before = None
    for column, color in enumerate(upper):
        pair = color, lower[column] if lower else None
        yield UPPER_HALF if pair == before else _colors(*pair) + UPPER_HALF
        before = pair


def _colors(upper: list[int], lower: list[int] | None) -> str:
    """Return the code for a character's upper and lower color; without lower, none is set."""
    return _code(38, upper) + (_code(48, lower) if lower else _NO_BACKGROUND)


def _code(layer: int, color: list[int]) -> str:
    return f"\x1b[{layer};2;" + ";".join(map(str, color)) + "m"
