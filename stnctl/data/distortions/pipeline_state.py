"""State of a distortion while its steps are drawn, for all examples of a split at once.

Convention:
    Lengths are in pixels. Points (x, y) are relative to the center of a canvas, with y down.
    Stages map target to source, so a point of V passes through the last stage first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np

from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.geometry.frames import Size


@dataclass(frozen=True)
class MatrixStage:
    """Affine or projective maps, one for each example.

    Attributes:
        matrix: Matrices (n, 3, 3) in homogeneous coordinates, target to source.
        is_affine: Whether the last row of each matrix is 0 0 1.
    """

    matrix: np.ndarray
    is_affine: bool = True


@dataclass(frozen=True)
class SplineStage:
    """Thin plate splines, one for each example.

    Attributes:
        offsets: Offset (x, y) from each control point to its source, (n, rows * columns, 2).
        control_points: (rows, columns) of the regular lattice of control points over the canvas.
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
        image_indices: Index of the cropped image in the split, for each crop, (n, count).
        image_corners: Top left corner (y, x) of each crop in its image, (n, count, 2).
        canvas_corners: Top left corner (y, x) of each crop on the canvas, (n, count, 2).
        size: Side of a crop, in pixels.
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
        image_indices: Index of the image of each example in the split, (n,).
        image_size: (h, w) of the stored images.
        canvas: (height, width) after the steps so far.
        extent: Height and width of each image on the canvas, without regard to its rotation,
            (n, 2).
        stages: The stages in the order of the steps.
        values: Name -> drawn values, (n,) or (n, m).
        crops: Crops of other images; None without clutter.
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
        """Return the state before any step.

        Args:
            rng: Random generator for redrawn numbers.
            image_indices: Index of the image of each example in the split, (n,).
            image_size: (h, w) of the stored images.
        """
        extent = np.broadcast_to(np.array(image_size, np.float64), (len(image_indices), 2))
        return cls(rng, image_indices, image_size, image_size, extent)

    @property
    def num_images(self) -> int:
        """Number n of images in the split, one for each example."""
        return len(self.extent)

    def after(self, stage: Stage, **values: np.ndarray) -> "PipelineState":
        """Return the state with one more stage, and the values that were drawn for the stage.

        If a name is already used, the new value gets a number: "rotation_2", "rotation_3", ...

        Args:
            stage: The stage.
            **values: Name -> drawn values, (n,) or (n, m).
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
