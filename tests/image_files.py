"""Readers of images that stnctl wrote."""

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
