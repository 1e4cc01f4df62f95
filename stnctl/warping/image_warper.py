"""V of an image, whole or as a small preview."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stnctl.data.image_files.alpha import OPACITY_MODES, premultiply, unpremultiply
from stnctl.data.image_files.image_io import Image
from stnctl.geometry.frames import Size
from stnctl.geometry.tiled import warp_tiled
from stnctl.geometry.transforms import Transform
from stnctl.warping.sampling_options import SamplingOptions

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class ImageWarper:
    """Warps one image by any theta of a transform.

    Colors are weighted by their opacity, if the image has one.

    Attributes:
        image: U.
        transform: The family.
        sampling: How to read.
    """

    image: Image
    transform: Transform
    sampling: SamplingOptions

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
        return unpremultiply(V) if self._has_opacity else V

    def shrunk(self, longest: int) -> "ImageWarper":
        """Return the same for an image of at most ``longest`` pixels a side."""
        size = fit_within(self.image.pixels.shape[:2], longest)
        if size == self.image.pixels.shape[:2]:
            return self
        pixels = self._weighted()
        for axis, length in enumerate(size):
            pixels = _averaged(pixels, axis, length)
        straightened = unpremultiply(pixels) if self._has_opacity else pixels
        return replace(self, image=replace(self.image, pixels=straightened))

    @property
    def _has_opacity(self) -> bool:
        return self.image.mode in OPACITY_MODES

    def _weighted(self) -> np.ndarray:
        return premultiply(self.image.pixels) if self._has_opacity else self.image.pixels

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
            values = premultiply(values)
        return options | {"fill_value": tuple(values.tolist())}


def fit_within(size: Size, longest: int) -> Size:
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
