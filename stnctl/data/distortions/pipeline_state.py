"""State of a distortion while its steps are drawn, for all examples of a split at once.

Convention:
    Lengths are in pixels; points (x, y) are measured from the center of a canvas, y down.
    Stages map target to source, so that a point of V passes through the last stage first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np

from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.geometry.frames import Size


@dataclass(frozen=True)
class MatrixStage:
    """A map by matrices.

    Attributes:
        matrix: (n, 3, 3), homogeneous, target to source.
        is_affine: Whether their last rows are 0 0 1.
    """

    matrix: np.ndarray
    is_affine: bool = True


@dataclass(frozen=True)
class SplineStage:
    """A thin plate spline.

    Attributes:
        offsets: (n, rows columns, 2), from each control point to its source.
        control_points: (rows, columns), on a regular lattice over the canvas.
        canvas: (height, width).
    """

    offsets: np.ndarray
    control_points: tuple[int, int]
    canvas: Size


Stage = MatrixStage | SplineStage


@dataclass(frozen=True)
class Crops:
    """Square crops of other images, to be added as clutter.

    Attributes:
        image_indices: The images to crop, (n, count).
        image_corners: Top left corner (y, x) of each crop in its image, (n, count, 2).
        canvas_corners: Top left corner (y, x) of each crop on the canvas, (n, count, 2).
        size: Side of a crop.
    """

    image_indices: np.ndarray
    image_corners: np.ndarray
    canvas_corners: np.ndarray
    size: int


@dataclass(frozen=True)
class PipelineState:
    """Stages, drawn values and canvas after the steps so far.

    Attributes:
        rng: Random generator for redrawn numbers.
        image_indices: The image of each example, (n,).
        image_size: (h, w) of the images.
        canvas: (height, width) after the steps so far.
        extent: (n, 2), height and width of the image on the canvas, without its rotation.
        stages: In the order of the steps.
        values: Drawn values by name, (n,) or (n, m) each.
        crops: Crops of other images, or None.
    """

    rng: CounterRNG
    image_indices: np.ndarray
    image_size: Size
    canvas: Size
    extent: np.ndarray
    stages: tuple[Stage, ...] = ()
    values: dict[str, np.ndarray] = field(default_factory=dict)
    crops: Crops | None = None

    @classmethod
    def begin(cls, rng: CounterRNG, image_indices: np.ndarray, image_size: Size) -> "PipelineState":
        """Return the state before any step, for images (h, w) with indices (n,)."""
        extent = np.broadcast_to(np.array(image_size, np.float64), (len(image_indices), 2))
        return cls(rng, image_indices, image_size, image_size, extent)

    @property
    def num_images(self) -> int:
        """The number of images of the split, n."""
        return len(self.extent)

    def after(self, stage: Stage, **values: np.ndarray) -> "PipelineState":
        """Return the state with one more stage, and the values that were drawn for it.

        A second value of the same name is called "rotation_2", the next "rotation_3", ...
        """
        added = {self._unused_name(name): value for name, value in values.items()}
        return replace(self, stages=(*self.stages, stage), values=self.values | added)

    def _unused_name(self, name: str) -> str:
        return next(unused for unused in _numbered(name) if unused not in self.values)


def _numbered(name: str) -> Iterator[str]:
    """Yield "name", "name_2", "name_3", ..."""
    yield name
    for number in count(2):
        yield f"{name}_{number}"
