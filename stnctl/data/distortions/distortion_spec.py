"""Steps of a distortion, from the section `data.distortion` of a config."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from stnctl.config import distortion_sets as sets
from stnctl.config.distortion_sets import Distortion
from stnctl.config.distortion_steps import (
    Clutter,
    Corners,
    Elastic,
    Place,
    ResizeCanvas,
    Rotate,
    Scale,
    Step,
)
from stnctl.geometry.frames import Size


@dataclass(frozen=True)
class DistortionSpec:
    """The steps of a distortion.

    Attributes:
        steps: In the order of their use; changes of the canvas are among them.
        num_images: Images in each example, one per channel; the label is the sum of theirs.
    """

    steps: tuple[Step, ...]
    num_images: int = 1

    @property
    def is_plain(self) -> bool:
        """Whether the images stay as they are."""
        return not self.steps and self.num_images == 1

    def canvas(self, image_size: Size) -> Size:
        """Return the (height, width) of distorted images, for images (h, w)."""
        size = image_size
        for step in self.steps:
            if isinstance(step, ResizeCanvas):
                size = step.size
            elif isinstance(step, Place):
                size = step.canvas
        return size

    def on_canvas(self, size: Size, image_size: Size) -> "DistortionSpec":
        """Return the spec with its result in the center of a canvas, and clutter all over it.

        Args:
            size: (height, width) of the canvas.
            image_size: (h, w) of the images.
        """
        if self.canvas(image_size) == size:
            return self
        clutter = tuple(step for step in self.steps if isinstance(step, Clutter))
        others = self.steps[: len(self.steps) - len(clutter)]
        return replace(self, steps=(*others, ResizeCanvas(size=size), *clutter))


UNDISTORTED = DistortionSpec(())
"""No steps: images stay as they are."""


def distortion_spec(distortion: Distortion) -> DistortionSpec:
    """Return the steps of a set of the paper (section 4.1, appendix A.4), or of a list."""
    if isinstance(distortion, tuple):
        return DistortionSpec(distortion)
    return _SETS[type(distortion)](distortion)


def _resize_canvas(canvas: Size | None) -> tuple[Step, ...]:
    return () if canvas is None else (ResizeCanvas(size=canvas),)


def _rotated(distortion: sets.R) -> DistortionSpec:
    return DistortionSpec((*_resize_canvas(distortion.canvas), Rotate(degrees=distortion.rotation)))


def _rotated_scaled_placed(distortion: sets.RTS | sets.Addition) -> DistortionSpec:
    steps = (
        Rotate(degrees=distortion.rotation),
        Scale(factor=distortion.scale),
        Place(canvas=distortion.canvas),
    )
    return DistortionSpec(steps, num_images=2 if isinstance(distortion, sets.Addition) else 1)


def _projective(distortion: sets.P) -> DistortionSpec:
    scale = Scale(factor=distortion.scale)
    corners = Corners(std=distortion.corner_std)
    return DistortionSpec((*_resize_canvas(distortion.canvas), scale, corners))


def _elastic(distortion: sets.E) -> DistortionSpec:
    scale = Scale(factor=distortion.scale)
    elastic = Elastic(std=distortion.elastic_std, control_points=distortion.control_points)
    return DistortionSpec((*_resize_canvas(distortion.canvas), scale, elastic))


def _placed(distortion: sets.T) -> DistortionSpec:
    return DistortionSpec((Place(canvas=distortion.canvas),))


def _cluttered(distortion: sets.TC) -> DistortionSpec:
    clutter = Clutter(count=distortion.clutter, size=distortion.clutter_size)
    return DistortionSpec((Place(canvas=distortion.canvas), clutter))


_SETS: dict[type, Callable[[Any], DistortionSpec]] = {
    sets.NoDistortion: lambda _: UNDISTORTED,
    sets.R: _rotated,
    sets.RTS: _rotated_scaled_placed,
    sets.P: _projective,
    sets.E: _elastic,
    sets.T: _placed,
    sets.TC: _cluttered,
    sets.Addition: _rotated_scaled_placed,
}
