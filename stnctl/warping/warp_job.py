"""A warp of one image: V, the report, the figure, the animation and the terminal drawing."""

import textwrap
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from stnctl.data.image_files.image_io import MAX_PIXELS, Image
from stnctl.geometry.frames import Size
from stnctl.warping.from_motion import MotionSpec
from stnctl.warping.from_parameters import ParameterSpec
from stnctl.warping.image_source import read_source
from stnctl.warping.image_warper import ImageWarper, Progress, fit_within
from stnctl.warping.outside import OUTSIDE_NOTE, is_outside
from stnctl.warping.sampling_options import SamplingOptions
from stnctl.warping.theta_path import MapSizes, ThetaPath
from stnctl.warping.warp_document import caption_lines, warp_document

if TYPE_CHECKING:
    from stnctl.figures.terminal import DrawingStyle

FIGURE_SIDE, FRAME_SIDE = 1024, 320
"""Longest side, in pixels, of the maps in figures and drawings; of the frames of animations."""

NUM_FRAMES, MILLISECONDS = 32, 40
"""Frames of an animation from the identity to theta, and the duration of each."""

_SMALLEST_FRAME = 240
"""Longest side, in pixels, to which tiny frames are enlarged, by a whole factor."""

_TITLE_WIDTH = 94


@dataclass(frozen=True, eq=False)
class WarpJob:
    """A warp of one image.

    Attributes:
        source: Name of the image: a file, "-" for stdin, or a built-in name.
        image: U.
        path: The transform and its theta, see `ThetaPath`.
        maps: Sizes of U and V.
        sampling: Options of the sampler.
        notes: Sentences on surprising properties of the image or of theta.
        outside: Whether all of V is outside U, see `is_outside`.
    """

    source: Path
    image: Image
    path: ThetaPath
    maps: MapSizes
    sampling: SamplingOptions
    notes: tuple[str, ...] = ()
    outside: bool = False

    @cached_property
    def document(self) -> dict[str, Any]:
        """The report as a JSON document, see `warp_document`.

        Raises:
            UsageError: If the fill does not match the channels of the image.
        """
        options = self.sampling.facts(self.image.mode)
        source = str(self.source)
        profile = None if self.image.profile is None else self.image.profile.name
        return warp_document(
            source, self.path, self.maps, options, outside=self.outside, profile=profile
        )

    def output_map(self, progress: Progress | None = None) -> np.ndarray:
        """Return V, (H', W', C), for `encode_image`.

        It is in uint8 if the image has gray or RGB pixels of 8 bits, see `ImageWarper.levels`, else
        floating. Floating values may be outside [0, 1], if the interpolation overshoots.

        Args:
            progress: Called with the finished share of V, in (0, 1].
        """
        arguments = self.path.theta, self.maps.output_size, progress
        V = self._warper.levels(*arguments)
        return self._warper(*arguments) if V is None else V

    def figure(self, suffix: str = ".png") -> bytes:
        """Return a figure of U with the sampling grid on it, of V, and a description of theta.

        Args:
            suffix: Format of the file, a key of `stnctl.figures.canvas.FIGURE_SUFFIXES`.
        """
        from stnctl.figures.sampling_figure import sampling_figure

        return sampling_figure(
            *self._preview,
            "\n".join(caption_lines(self.document)),
            title=textwrap.fill(f"{self.source}: {self.document['effect']}", _TITLE_WIDTH),
            sizes=(self.maps.input_size, self.maps.output_size),
            suffix=suffix,
        )

    def animation(self, progress: Progress | None = None) -> bytes:
        """Return a GIF of V along the path from the identity to theta and back.

        Args:
            progress: Called with the finished share of the frames, in (0, 1].
        """
        from stnctl.figures.animation import animation_gif, eased

        warper = self._warper.shrunk(FRAME_SIDE)
        size = fit_within(self.maps.output_size, FRAME_SIDE)
        factor = max(_SMALLEST_FRAME // max(size), 1)
        frames = []
        for number, share in enumerate(eased(NUM_FRAMES), start=1):
            V = self._displayed(warper(self.path.at(float(share)), size))
            frames.append(V.repeat(factor, axis=0).repeat(factor, axis=1))
            if progress:
                progress(number / NUM_FRAMES)
        return animation_gif(frames, milliseconds=MILLISECONDS)

    def drawing(self, columns: int, style: "DrawingStyle") -> str:
        """Return U and V side by side for a terminal, at most ``columns`` wide."""
        from stnctl.figures.terminal import side_by_side

        U, V, _ = self._preview
        return side_by_side(U, V, columns, style)

    @cached_property
    def _warper(self) -> ImageWarper:
        return ImageWarper(self.image, self.path.transform, self.sampling)

    @cached_property
    def _preview(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Small U and V, and the pixel (x, y) on U that each pixel of V reads, (H', W', 2)."""
        from stnctl.geometry.grid import to_pixels

        warper = self._warper.shrunk(FIGURE_SIDE)
        U, size = warper.image.pixels, fit_within(self.maps.output_size, FIGURE_SIDE)
        align_corners, theta = self.maps.align_corners, self.path.theta
        grid = self.path.transform.grid(theta[None], size, align_corners=align_corners)[0]
        points = to_pixels(grid, (U.shape[0], U.shape[1]), align_corners=align_corners)
        return self._displayed(U), self._displayed(warper(theta, size)), points

    def _displayed(self, pixels: np.ndarray) -> np.ndarray:
        """Return pixels (H, W, C) of the image or of V as sRGB, for figures and screens."""
        profile = self.image.profile
        return pixels if profile is None else profile.to_srgb(pixels)


def plan_warp(
    source: Path,
    spec: ParameterSpec | MotionSpec,
    sampling: SamplingOptions,
    *,
    output_size: Size | None = None,
    max_pixels: int = MAX_PIXELS,
) -> WarpJob:
    """Read the image and return the job of its warp, which is not computed yet.

    Args:
        source: A file, "-" for stdin, or the name of a built-in image.
        spec: Parameters of theta, or a motion of the image.
        sampling: Options of the sampler.
        output_size: (H', W') of V; default the size of the image.
        max_pixels: Largest number of pixels of the image.

    Raises:
        InputError: If there is no such image, or it is damaged or too large.
        UsageError: If the parameters or the motion do not fit the image.
    """
    image = read_source(source, max_pixels)
    maps = MapSizes(image.size, output_size or image.size, sampling.align_corners)
    path = spec.theta_path(maps)
    outside = is_outside(path, maps)
    notes = (*image.notes, *spec.notes(maps), *([OUTSIDE_NOTE] if outside else []))
    return WarpJob(source, image, path, maps, sampling, notes, outside)
