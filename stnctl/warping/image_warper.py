"""Warp of one image, in full size or as a small preview."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stnctl.data.image_files.alpha import OPACITY_MODES, premultiply, unpremultiply
from stnctl.data.image_files.image_io import Image
from stnctl.geometry.frames import Size
from stnctl.geometry.tiled import warp_tiled
from stnctl.geometry.transforms.transform import Transform
from stnctl.warping.sampling_options import SamplingOptions

Progress = Callable[[float], None]


@dataclass(frozen=True, eq=False)
class ImageWarper:
    """A warp of one image, for any theta of a transform.

    If the image has an opacity channel, the colors are weighted by opacity.

    Attributes:
        image: U.
        transform: The transform of theta.
        sampling: Options of the sampler.
    """

    image: Image
    transform: Transform
    sampling: SamplingOptions

    def __call__(
        self, theta: np.ndarray, output_size: Size, progress: Progress | None = None
    ) -> np.ndarray:
        """Return V, (H', W', C), with colors not multiplied by opacity.

        Values may be outside [0, 1], because some interpolations overshoot.

        Args:
            theta: (num_params,), output to input, normalized.
            output_size: (H', W').
            progress: Called with the finished share of V, in (0, 1].
        """
        V = self._warp(self._weighted(), theta, output_size, progress)
        return unpremultiply(V) if self._has_opacity else V

    def levels(
        self, theta: np.ndarray, output_size: Size, progress: Progress | None = None
    ) -> np.ndarray | None:
        """Return V as `encode_image` rounds it, (H', W', C), uint8, without a float copy of U or V.

        It is None if the image has more than 8 bits, an opacity channel, or a color profile of gray
        pixels, whose conversion to sRGB needs values. Arguments as in `__call__`.
        """
        U, profile = self.image.stored, self.image.profile
        is_gray = profile is not None and profile.space == "GRAY"
        if U.dtype != np.uint8 or self._has_opacity or is_gray:
            return None
        return self._warp(U, theta, output_size, progress)

    def shrunk(self, longest: int) -> "ImageWarper":
        """Return a warper of the image, averaged down to at most ``longest`` pixels per side."""
        size = fit_within(self.image.size, longest)
        if size == self.image.size:
            return self
        pixels = self._weighted()
        for axis, length in enumerate(size):
            pixels = _averaged(pixels, axis, length)
        if self._has_opacity:
            pixels = unpremultiply(pixels)
        return replace(self, image=replace(self.image, stored=pixels))

    @property
    def _has_opacity(self) -> bool:
        return self.image.mode in OPACITY_MODES

    def _warp(
        self, U: np.ndarray, theta: np.ndarray, output_size: Size, progress: Progress | None
    ) -> np.ndarray:
        return warp_tiled(
            U,
            theta,
            transform=self.transform,
            output_size=output_size,
            progress=progress,
            **self._options(),
        )

    def _weighted(self) -> np.ndarray:
        """Return the values of the image, (H, W, C), with colors weighted by opacity."""
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
    """Return a size (H, W), scaled down so that no side is longer than ``longest``."""
    height, width = size
    share = min(1.0, longest / max(size))
    return max(round(height * share), 1), max(round(width * share), 1)


def _averaged(pixels: np.ndarray, axis: int, length: int) -> np.ndarray:
    """Return the averages of ``length`` parts of an axis, with equal widths up to one pixel."""
    size = pixels.shape[axis]
    starts = np.arange(length) * size // length
    widths = np.diff(starts, append=size).astype(pixels.dtype)
    shape = [1] * pixels.ndim
    shape[axis] = length
    means: np.ndarray = np.add.reduceat(pixels, starts, axis) / widths.reshape(shape)
    return means
