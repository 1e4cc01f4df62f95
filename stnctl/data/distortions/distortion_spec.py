"""Distortion specs: the steps of configured distortions, in order."""

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
    """Steps of a configured distortion.

    Attributes:
        steps: The steps in the order in which they are applied, including changes of the canvas.
        num_images: Number of images in each example, side by side in its channels. The label of the
            example is the sum of the images' labels.
    """

    steps: tuple[Step, ...]
    num_images: int = 1

    @property
    def is_plain(self) -> bool:
        """Whether an example is its stored image, without any change."""
        return not self.steps and self.num_images == 1

    def canvas(self, image_size: Size) -> Size:
        """Return the size (height, width) of distorted images, for stored images (h, w)."""
        size = image_size
        for step in self.steps:
            if isinstance(step, ResizeCanvas):
                size = step.size
            elif isinstance(step, Place):
                size = step.canvas
        return size

    def input_shape(self, image_shape: tuple[int, int, int]) -> tuple[int, int, int]:
        """Return the shape (H, W, C) of an example, for stored images (h, w, c)."""
        height, width, channels = image_shape
        return (*self.canvas((height, width)), channels * self.num_images)

    def num_classes(self, num_image_classes: int) -> int:
        """Return the number of classes of the examples, which is larger if labels are sums.

        Args:
            num_image_classes: Number of classes of the stored images.
        """
        return self.num_images * (num_image_classes - 1) + 1

    def on_canvas(self, size: Size, image_size: Size) -> "DistortionSpec":
        """Return the spec with its result centered on another canvas.

        Clutter is added after the change of the canvas, so it covers the whole canvas.

        Args:
            size: (height, width) of the canvas.
            image_size: (h, w) of the stored images.
        """
        if self.canvas(image_size) == size:
            return self
        clutter = tuple(step for step in self.steps if isinstance(step, Clutter))
        others = self.steps[: len(self.steps) - len(clutter)]
        return replace(self, steps=(*others, ResizeCanvas(size=size), *clutter))


UNDISTORTED = DistortionSpec(())
"""Distortion spec without steps."""


def distortion_spec(distortion: Distortion) -> DistortionSpec:
    """Return the spec of a set of the paper (section 4.1, appendix A.4), or of a list of steps."""
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
