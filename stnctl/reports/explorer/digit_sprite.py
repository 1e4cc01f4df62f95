"""Sprite of the inputs of a network: one gray PNG file with a tile for each channel."""

from typing import Any

import numpy as np

from stnctl.data.image_files.image_writer import encode_image
from stnctl.reports.templating import png_url

COLUMNS = 20
"""Number of tiles in a row."""


def eight_bit(U: np.ndarray, pixels: str) -> np.ndarray:
    """Return inputs as the page gets them, rounded to 8 bits, in the range of `data.pixels`.

    Args:
        U: (n, H, W, C), float32, in that range.
        pixels: "unit" or "raw".
    """
    top = _largest(pixels)
    return (np.rint(np.clip(U / top, 0, 1) * 255) / 255 * top).astype(np.float32)


def sprite_document(U: np.ndarray, pixels: str) -> dict[str, Any]:
    """Return a sprite as JSON: its URL, and the sizes of the tiles.

    The tiles of the channels of an input follow one another.

    Args:
        U: (n, H, W, C), float32, n >= 1.
        pixels: The range of U, "unit" or "raw".
    """
    count, height, width, channels = U.shape
    tiles = np.moveaxis(U / _largest(pixels), 3, 1)
    rows = -(-count * channels // COLUMNS)
    cells = np.zeros((rows * COLUMNS, height, width), np.float32)
    cells[: count * channels] = tiles.reshape(-1, height, width)
    sheet = cells.reshape(rows, COLUMNS, height, width).transpose(0, 2, 1, 3)
    png = encode_image(sheet.reshape(rows * height, COLUMNS * width, 1), "L", ".png")
    return {
        "url": png_url(png),
        "count": count,
        "height": height,
        "width": width,
        "channels": channels,
        "columns": COLUMNS,
    }


def _largest(pixels: str) -> np.float32:
    """Return the largest value of a pixel in the range of `data.pixels`."""
    return np.float32(255 if pixels == "raw" else 1)
