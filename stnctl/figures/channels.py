"""Colors for maps of any number of channels."""

import numpy as np

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
