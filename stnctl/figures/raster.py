"""Maps as Pillow's pictures, fitted to a size and opaque."""

import numpy as np
from PIL import Image

CHECKER_LIGHT, CHECKER_DARK = 255, 204
"""The grays of the checkerboard behind what is transparent."""


def to_picture(image: np.ndarray) -> Image.Image:
    """Return a map as a picture of 8 bits; what is not finite is black.

    Args:
        image: (H, W, C), floats, cut to [0, 1]; C = 1, 2 (gray and opacity), 3, or 4 (RGB and
            opacity).

    Raises:
        ValueError: If the shape is another one.
    """
    if image.ndim != 3 or not 1 <= image.shape[2] <= 4 or 0 in image.shape:
        raise ValueError(f"a picture needs shape (H, W, C), C from 1 to 4, got {image.shape}")
    finite = np.nan_to_num(image, nan=0.0, posinf=0.0, neginf=0.0)
    values = np.rint(np.clip(finite, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(values[..., 0] if image.shape[2] == 1 else values)


def fitted(picture: Image.Image, width: int, height: int) -> Image.Image:
    """Return a picture within ``width`` x ``height``, in its proportions.

    It shrinks by averages over areas, and grows by whole factors, so that pixels stay squares.
    """
    share = min(width / picture.width, height / picture.height)
    factor = int(share) if share >= 1 else share
    if factor == 1:
        return picture
    columns, rows = (max(1, round(side * factor)) for side in picture.size)
    return picture.resize(
        (columns, rows), Image.Resampling.NEAREST if factor > 1 else Image.Resampling.BOX
    )


def opaque(picture: Image.Image, *, cell: int = 8) -> Image.Image:
    """Return a picture in mode L or RGB, over a checkerboard where it is transparent.

    Args:
        picture: One of `to_picture`.
        cell: Side of a field of the checkerboard, in pixels.
    """
    if picture.mode not in ("LA", "RGBA"):
        return picture
    rows, columns = np.indices((picture.height, picture.width)) // cell
    board = np.where((rows + columns) % 2, CHECKER_DARK, CHECKER_LIGHT).astype(np.uint8)
    ground = Image.fromarray(board).convert("RGBA")
    over = Image.alpha_composite(ground, picture.convert("RGBA"))
    return over.convert("L" if picture.mode == "LA" else "RGB")


FIRST, SECOND = (255, 159, 28), (46, 196, 182)
"""RGB of the two channels, orange and teal. Where both are full, they add to nearly white."""


def in_color(image: np.ndarray) -> np.ndarray:
    """Return a map (H, W, C) as a gray (H, W, 1) or RGB (H, W, 3) picture, in the same scale.

    One channel is gray, two are added up in `FIRST` and `SECOND`, three are RGB, six are two RGB
    maps added up, and of other numbers the mean is shown.

    Args:
        image: Floats in [0, 1].
    """
    channels = image.shape[-1]
    if channels in (1, 3):
        return image
    if channels == 2:
        return np.minimum(image @ (np.array([FIRST, SECOND]) / 255), 1)
    if channels == 6:
        return np.minimum(image[..., :3] + image[..., 3:], 1)
    return image.mean(axis=-1, keepdims=True)
