"""Images for tests, and readers of images that stnctl wrote."""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image


def read(path: Path) -> np.ndarray:
    """Return the pixels, (H, W) or (H, W, C)."""
    with Image.open(path) as image:
        return np.asarray(image)


def size(path: Path) -> tuple[int, int]:
    """Return (width, height)."""
    with Image.open(path) as image:
        return image.size


_SHAPES = {"L": (5, 7), "LA": (5, 7, 2), "RGB": (5, 7, 3), "RGBA": (5, 7, 4), "I;16": (5, 7)}


def random_values(mode: str) -> np.ndarray:
    """Return random values of a mode, including the smallest and the largest."""
    dtype = np.uint16 if mode == "I;16" else np.uint8
    random = np.random.default_rng(0)
    array = random.integers(0, np.iinfo(dtype).max, _SHAPES[mode], dtype, endpoint=True)
    array.flat[:2] = 0, np.iinfo(dtype).max
    return array


def png(
    width: int,
    height: int,
    *,
    depth: int = 8,
    color: int = 2,
    rows: bytes = b"",
    chunks: dict[bytes, bytes] | None = None,
) -> bytes:
    """Return a PNG with any header.

    Args:
        width: Width in pixels.
        height: Height in pixels.
        depth: Bits per sample.
        color: Color type: 0 for gray, 2 for RGB, 3 for a palette, 4 for gray with opacity.
        rows: The rows of pixels, each with the number of its filter before it.
        chunks: More chunks, before the pixels.
    """
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    parts = {b"IHDR": header, **(chunks or {}), b"IDAT": zlib.compress(rows), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts.items()
    )
