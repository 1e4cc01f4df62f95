"""A distortion while its steps are drawn, for all examples of a split at once.

Convention:
    Lengths are in pixels; points (x, y) are counted from the center of a canvas, y down.
    Stages go from target to source: the first one is the last to be looked up.
"""

from dataclasses import dataclass, field, replace
from itertools import chain, count

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
    """Crops of other images, to be added.

    Attributes:
        source: The images, (n, count).
        taken: Top left corner (y, x) in the image, (n, count, 2).
        placed: Top left corner (y, x) on the canvas, (n, count, 2).
        size: Side.
    """

    source: np.ndarray
    taken: np.ndarray
    placed: np.ndarray
    size: int


@dataclass(frozen=True)
class PipelineState:
    """What is drawn so far.

    Attributes:
        draws: Where numbers come from.
        source: The image of each example, (n,).
        image_size: (h, w) of the images.
        canvas: (height, width) after the steps so far.
        extent: (n, 2), height and width of the image on the canvas, as if it were not turned.
        stages: In the order of the steps.
        values: What a person calls the numbers, (n,) or (n, m) each.
        crops: Crops of other images, or None.
    """

    draws: CounterRNG
    source: np.ndarray
    image_size: Size
    canvas: Size
    extent: np.ndarray
    stages: tuple[Stage, ...] = ()
    values: dict[str, np.ndarray] = field(default_factory=dict)
    crops: Crops | None = None

    @classmethod
    def begin(cls, draws: CounterRNG, source: np.ndarray, image_size: Size) -> "PipelineState":
        """Return the draft of images (h, w) as they are; ``source`` are those of examples, (n,)."""
        extent = np.broadcast_to(np.array(image_size, np.float64), (len(source), 2))
        return cls(draws, source, image_size, image_size, extent)

    @property
    def num_images(self) -> int:
        """The number of images of the split, n."""
        return len(self.extent)

    def after(self, stage: Stage, **values: np.ndarray) -> "PipelineState":
        """Return the draft with one more stage, and the numbers that were drawn for it.

        What is drawn again under the same name is "rotation_2", "rotation_3", ...
        """
        added = {self._free(name): value for name, value in values.items()}
        return replace(self, stages=(*self.stages, stage), values=self.values | added)

    def _free(self, name: str) -> str:
        again = (f"{name}_{number}" for number in count(2))
        return next(free for free in chain([name], again) if free not in self.values)
