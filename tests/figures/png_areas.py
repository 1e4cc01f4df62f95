"""Areas of one color in a PNG."""

import io

import numpy as np
from PIL import Image, ImageColor
from scipy import ndimage


def decode(data: bytes) -> np.ndarray:
    """Return the pixels of a PNG, (H, W, 3), int."""
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).astype(int)


def near(pixels: np.ndarray, color: str, *, within: int = 12) -> np.ndarray:
    """Return a mask, (H, W), of the pixels within a distance of ``color``."""
    return np.abs(pixels - ImageColor.getrgb(color)).max(axis=-1) <= within


def areas(mask: np.ndarray, *, larger_than: int = 500) -> list[tuple[slice, slice]]:
    """Return the (rows, columns) of the connected areas of a mask, in reading order."""
    labels, _ = ndimage.label(mask)
    found = ndimage.find_objects(labels)
    return [box for n, box in enumerate(found, 1) if (labels[box] == n).sum() > larger_than]


def width(box: tuple[slice, slice]) -> int:
    return box[1].stop - box[1].start


def height(box: tuple[slice, slice]) -> int:
    return box[0].stop - box[0].start
