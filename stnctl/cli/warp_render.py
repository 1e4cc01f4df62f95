"""All that is made of a theta: V, a figure, an animation, a drawing in the terminal."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

import numpy as np

from stnctl.cli import console
from stnctl.cli.warp_outputs import STDOUT, Outputs
from stnctl.data.image_files.image_io import encode_image
from stnctl.warping.image_warper import ImageWarper, fit_within
from stnctl.warping.theta_path import MapSizes, ThetaPath

FIGURE_SIDE, FRAME_SIDE = 1024, 320
"""Pixels of a side that figures and drawings, and frames of animations, are made from, at most."""

NUM_FRAMES, MILLISECONDS = 32, 40
_SMALLEST_FRAME = 240
_WIDEST_DRAWING = 160
_TITLE_WIDTH = 94
_GAP = "  "


@dataclass(frozen=True, eq=False)
class Renderer:
    """Makes what was asked for, in memory.

    Attributes:
        warper: For U.
        goal: Its theta.
        maps: Their sizes.
    """

    warper: ImageWarper
    goal: ThetaPath
    maps: MapSizes

    def files(
        self, outputs: Outputs, destination: Path | None, title: str, words: Sequence[str]
    ) -> Iterator[tuple[Path, bytes]]:
        """Yield each file and its content.

        Args:
            outputs: What was asked for.
            destination: Where V goes, or None.
            title: One sentence, for the figure.
            words: Lines, for the figure.
        """
        if destination is not None:
            suffix = ".png" if destination == STDOUT else destination.suffix
            yield destination, encode_image(self._output_map(), self.warper.image.mode, suffix)
        if outputs.figure:
            yield outputs.figure, self._figure(title, words)
        if outputs.animate:
            yield outputs.animate, self._animation()

    def drawing(self) -> str:
        """Return U and V side by side, for a terminal."""
        from stnctl.figures.terminal import half_blocks

        columns = min(shutil.get_terminal_size().columns, _WIDEST_DRAWING)
        U, V, _ = self._preview
        width = max((columns - len(_GAP)) // 2, 1)
        return _beside(*(half_blocks(image, width).splitlines() for image in (U, V)))

    def _output_map(self) -> np.ndarray:
        with console.slow_progress("warping") as progress:
            return self.warper(self.goal.theta, self.maps.output_size, progress)

    @cached_property
    def _preview(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """U, V and the points (H', W', 2) on U that V reads, in pixels; all small."""
        from stnctl.geometry.grid import to_pixels

        warper = self.warper.shrunk(FIGURE_SIDE)
        U, size = warper.image.pixels, fit_within(self.maps.output_size, FIGURE_SIDE)
        align_corners = self.maps.align_corners
        theta = self.goal.theta
        grid = self.goal.transform.grid(theta[None], size, align_corners=align_corners)[0]
        points = to_pixels(grid, (U.shape[0], U.shape[1]), align_corners=align_corners)
        return U, warper(theta, size), points

    def _figure(self, title: str, words: Sequence[str]) -> bytes:
        from stnctl.figures.sampling_figure import sampling_png

        U, V, points = self._preview
        heading = textwrap.fill(title, _TITLE_WIDTH)
        sizes = self.maps.input_size, self.maps.output_size
        return sampling_png(U, V, points, "\n".join(words), title=heading, sizes=sizes)

    def _animation(self) -> bytes:
        from stnctl.figures.animation import animation_gif, eased

        warper = self.warper.shrunk(FRAME_SIDE)
        size = fit_within(self.maps.output_size, FRAME_SIDE)
        factor = max(_SMALLEST_FRAME // max(size), 1)
        frames = []
        with console.slow_progress("animating") as progress:
            for number, share in enumerate(eased(NUM_FRAMES), start=1):
                V = warper(self.goal.way(float(share)), size)
                frames.append(V.repeat(factor, axis=0).repeat(factor, axis=1))
                progress(number / NUM_FRAMES)
        return animation_gif(frames, milliseconds=MILLISECONDS)


def _beside(left: list[str], right: list[str]) -> str:
    """Return two drawings side by side; each is as wide as its lines have half blocks."""
    blank = " " * left[0].count("▀")
    pairs = zip_longest(left, right)
    return "\n".join(f"{one or blank}{_GAP}{other or ''}".rstrip() for one, other in pairs)
