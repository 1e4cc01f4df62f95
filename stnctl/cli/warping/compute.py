"""V of an image, whole or as a small preview."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stnctl.cli.warping.goal import Size
from stnctl.cli.warping.sampling import Sampling
from stnctl.data.images import Image
from stnctl.data.opacity import OPACITY_MODES, premultiplied, straight
from stnctl.geometry.tiled import warp_tiled
from stnctl.geometry.transforms import Transform

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class Warper:
    """Warps one image by any theta of a transform.

    Colors are weighted by their opacity, if the image has one.

    Attributes:
        image: U.
        transform: The family.
        sampling: How to read.
    """

    image: Image
    transform: Transform
    sampling: Sampling

    def __call__(
        self, theta: np.ndarray, output_size: Size, progress: Progress | None = None
    ) -> np.ndarray:
        """Return V (H', W', C), straight colors; it may leave [0, 1] where it overshoots.

        Args:
            theta: (num_params,).
            output_size: (H', W').
            progress: Called with the share that is done.
        """
        V = warp_tiled(
            self._weighted(),
            theta,
            transform=self.transform,
            output_size=output_size,
            progress=progress,
            **self._options(),
        )
        return straight(V) if self._has_opacity else V

    def shrunk(self, longest: int) -> "Warper":
        """Return the same for an image of at most ``longest`` pixels a side."""
        size = fitting(self.image.pixels.shape[:2], longest)
        if size == self.image.pixels.shape[:2]:
            return self
        pixels = self._weighted()
        for axis, length in enumerate(size):
            pixels = _averaged(pixels, axis, length)
        straightened = straight(pixels) if self._has_opacity else pixels
        return replace(self, image=replace(self.image, pixels=straightened))

    @property
    def _has_opacity(self) -> bool:
        return self.image.mode in OPACITY_MODES

    def _weighted(self) -> np.ndarray:
        return premultiplied(self.image.pixels) if self._has_opacity else self.image.pixels

    def _options(self) -> dict[str, Any]:
        sampling = self.sampling
        options = {
            "interpolation": sampling.interpolation,
            "padding": sampling.padding,
            "align_corners": sampling.align_corners,
        }
        if sampling.padding != "value":
            return options
        values = np.array(sampling.fill_values(self.image.mode))
        if self._has_opacity:
            values = premultiplied(values)
        return options | {"fill_value": tuple(values.tolist())}


def fitting(size: Size, longest: int) -> Size:
    """Return a size (H, W), made smaller so that no side is above ``longest``."""
    height, width = size
    share = min(1.0, longest / max(size))
    return max(round(height * share), 1), max(round(width * share), 1)


def _averaged(pixels: np.ndarray, axis: int, length: int) -> np.ndarray:
    """Return averages over ``length`` parts of an axis, each as wide as the next or one less."""
    size = pixels.shape[axis]
    starts = np.arange(length) * size // length
    widths = np.diff(starts, append=size).astype(pixels.dtype)
    shape = [1] * pixels.ndim
    shape[axis] = length
    return np.add.reduceat(pixels, starts, axis) / widths.reshape(shape)
