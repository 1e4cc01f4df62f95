"""From what a configuration says to the steps of a distortion."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from stnctl.config import distortion_sets as config
from stnctl.config.distortion_sets import Distortion
from stnctl.config.distortion_steps import Step
from stnctl.geometry.frames import Size


@dataclass(frozen=True)
class DistortionSpec:
    """What is done to an image.

    Attributes:
        steps: In the order in which they are done; the sizes of the canvas are among them.
        num_images: Images in each example, one a channel; their labels are added.
    """

    steps: tuple[Step, ...]
    num_images: int = 1

    @property
    def is_plain(self) -> bool:
        """Whether the images stay as they are."""
        return not self.steps and self.num_images == 1

    def canvas(self, image_size: Size) -> Size:
        """Return the (height, width) of what comes of images (h, w)."""
        size = image_size
        for step in self.steps:
            if isinstance(step, config.ResizeCanvas):
                size = step.size
            elif isinstance(step, config.Place):
                size = step.canvas
        return size

    def on_canvas(self, size: Size, image_size: Size) -> "DistortionSpec":
        """Return it with its result in the center of a canvas (height, width), full of clutter."""
        if self.canvas(image_size) == size:
            return self
        clutter = tuple(step for step in self.steps if isinstance(step, config.Clutter))
        others = self.steps[: len(self.steps) - len(clutter)]
        return replace(self, steps=(*others, config.ResizeCanvas(size=size), *clutter))


UNDISTORTED = DistortionSpec(())
"""Nothing is done."""


def distortion_spec(distortion: Distortion) -> DistortionSpec:
    """Return the steps of a set of the paper (section 4.1, appendix A.4), or of a list."""
    if isinstance(distortion, tuple):
        return DistortionSpec(distortion)
    return _SETS[type(distortion)](distortion)


def _recanvased(canvas: Size | None) -> tuple[Step, ...]:
    return () if canvas is None else (config.ResizeCanvas(size=canvas),)


def _rotated(distortion: config.R) -> DistortionSpec:
    return DistortionSpec(
        (*_recanvased(distortion.canvas), config.Rotate(degrees=distortion.rotation))
    )


def _rotated_scaled_placed(distortion: config.RTS | config.Addition) -> DistortionSpec:
    steps = (
        config.Rotate(degrees=distortion.rotation),
        config.Scale(factor=distortion.scale),
        config.Place(canvas=distortion.canvas),
    )
    return DistortionSpec(steps, num_images=2 if isinstance(distortion, config.Addition) else 1)


def _projective(distortion: config.P) -> DistortionSpec:
    scale = config.Scale(factor=distortion.scale)
    corners = config.Corners(std=distortion.corner_std)
    return DistortionSpec((*_recanvased(distortion.canvas), scale, corners))


def _elastic(distortion: config.E) -> DistortionSpec:
    scale = config.Scale(factor=distortion.scale)
    elastic = config.Elastic(std=distortion.elastic_std, control_points=distortion.control_points)
    return DistortionSpec((*_recanvased(distortion.canvas), scale, elastic))


def _placed(distortion: config.T) -> DistortionSpec:
    return DistortionSpec((config.Place(canvas=distortion.canvas),))


def _cluttered(distortion: config.TC) -> DistortionSpec:
    clutter = config.Clutter(count=distortion.clutter, size=distortion.clutter_size)
    return DistortionSpec((config.Place(canvas=distortion.canvas), clutter))


_SETS: dict[type, Callable[[Any], DistortionSpec]] = {
    config.NoDistortion: lambda _: UNDISTORTED,
    config.R: _rotated,
    config.RTS: _rotated_scaled_placed,
    config.P: _projective,
    config.E: _elastic,
    config.T: _placed,
    config.TC: _cluttered,
    config.Addition: _rotated_scaled_placed,
}
