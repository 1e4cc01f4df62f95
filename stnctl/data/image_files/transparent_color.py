"""The transparent color of a PNG without an opacity channel: the chunk tRNS.

PNG specification, third edition, section 11.3.1.1: a pixel is transparent if its samples, with all
their bits, are equal to those of the chunk. Pillow scales gray samples of 2 or 4 bits, and drops
the low byte of samples of 16 bits, before it compares them.
"""

import numpy as np
from PIL import Image as PillowImage
from PIL import ImageFile

from stnctl.storage.bounded_reader import BoundedReader

_SCALES = {"L;2": 85, "L;4": 17}
"""Raw mode of gray samples -> factor by which Pillow multiplies them."""


def is_transparent(
    image: ImageFile.ImageFile, raw_mode: str, file: BoundedReader
) -> np.ndarray | None:
    """Return where an image has its transparent color, (H, W), bool.

    For images of up to 8 bits per channel, the color in ``image.info`` is only corrected, and the
    result is None; Pillow's `convert` then sets the opacity.

    Args:
        image: The image, with its pixels loaded.
        raw_mode: Pillow's name for the samples in the file.
        file: The file of the image.

    Returns:
        Whether a pixel is transparent; None if the image has no transparent color, or Pillow
        handles it.
    """
    color = image.info.get("transparency")
    if image.format != "PNG" or color is None:
        return None
    if scale := _SCALES.get(raw_mode):
        image.info["transparency"] = color * scale & 255
    if raw_mode == "I;16B":
        return np.asarray(np.asarray(image) == color)
    if raw_mode == "RGB;16B":
        del image.info["transparency"]
        samples = np.asarray(image).astype(np.uint16) << 8 | _low_bytes(file)
        return np.asarray((samples == color).all(axis=-1))
    return None


def _low_bytes(file: BoundedReader) -> np.ndarray:
    """Return the low bytes of the samples of an RGB PNG with 16 bits per channel, (H, W, 3)."""
    file.seek(0)
    with PillowImage.open(file, formats=("PNG",)) as image:
        image.tile = [tile._replace(args="RGB;16L") for tile in image.tile]
        return np.array(image)
