"""Alignment: how much of a drawn distortion a transformer undoes.

A pose is an affine map, from V or U to the stored image. Before the transformer, it is the drawn
distortion D; after it, D ∘ T. A transformer that aligns gives all images the same pose.
"""

from dataclasses import dataclass

import numpy as np

from stnctl.data.split_view import EpochExamples
from stnctl.geometry.frames import Size, from_centers
from stnctl.geometry.grid import half_span, regular_grid
from stnctl.geometry.transforms.affine import Affine

UNITS = {"rotation": "degrees", "scale": "octaves", "shear": "", "shift_x": "px", "shift_y": "px"}
"""Part of a pose -> its unit. The scale is the base-2 logarithm of the mean factor."""

SAME = 1e-6
"""Bound on the spread of a part, below which its values count as equal."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """One part of the pose of N images, before and after a transformer.

    Attributes:
        part: Name in `UNITS`.
        before: (N,), the part of D.
        after: (N,), the part of D ∘ T.
    """

    part: str
    before: np.ndarray
    after: np.ndarray

    @property
    def undone(self) -> np.ndarray:
        """(N,), the difference of before and after, without the mean of `after`."""
        return _wrapped(self.part, self.before - _centered(self.part, self.after))

    @property
    def spread_before(self) -> float:
        """Standard deviation of `before`."""
        return spread(self.part, self.before)

    @property
    def spread_after(self) -> float:
        """Standard deviation of `after`."""
        return spread(self.part, self.after)

    @property
    def slope(self) -> float | None:
        """Slope of the orthogonal regression of `undone` on `before`: 1 for a full alignment.

        None if it is undetermined, as for equal values.
        """
        x, y = (_centered(self.part, values) for values in (self.before, self.undone))
        difference, product = float((y**2 - x**2).mean()), float((x * y).mean())
        if abs(product) <= SAME**2:
            return None if difference >= 0 else 0.0
        return (difference + float(np.hypot(difference, 2 * product))) / (2 * product)


def drawn_poses(examples: EpochExamples) -> np.ndarray | None:
    """Return the drawn distortions (N, 3, 3), from pixels of U to pixels of the stored image.

    Both are measured from the center. The result is None if the distortion is not one affine map of
    one image.

    Args:
        examples: The examples of an epoch.
    """
    if len(examples.distortions) != 1 or len(examples.distortions[0].theta_stages) != 1:
        return None
    [stage] = examples.distortions[0].theta_stages
    if not isinstance(stage.transform, Affine):
        return None
    view = examples.view
    _, height, width, _ = view.split.images.shape
    matrix = np.asarray(stage.transform.matrix(np.asarray(stage.theta, "float64")))
    return from_centers(matrix, (height, width), view.input_shape[:2])


def sampled_poses(grid: np.ndarray, input_size: Size, *, align_corners: bool) -> np.ndarray:
    """Return the affine maps (N, 3, 3) nearest to grids, from pixels of V to pixels of U.

    Both are measured from the center. The fit minimizes the sum of squared distances.

    Args:
        grid: (N, H', W', 2), normalized source points (x, y).
        input_size: (H, W) of U.
        align_corners: As in `stnctl.geometry.grid`.
    """
    count, rows, columns, _ = grid.shape
    target = regular_grid((rows, columns), dtype="float64") * half_span((rows, columns))
    source = np.asarray(grid, "float64") * half_span(input_size, align_corners=align_corners)
    points = np.column_stack([target.reshape(-1, 2), np.ones(rows * columns)])
    fit = np.linalg.pinv(points) @ source.reshape(count, -1, 2)
    last = np.broadcast_to([[[0.0, 0.0, 1.0]]], (count, 1, 3))
    return np.concatenate([np.swapaxes(fit, 1, 2), last], axis=1)


def align(before: np.ndarray, sampled: np.ndarray) -> list[Alignment]:
    """Return the parts of the pose that the distortion changes.

    Args:
        before: D, (N, 3, 3), from `drawn_poses`.
        sampled: T, (N, 3, 3), from `sampled_poses`.
    """
    drawn, left = pose_parts(before), pose_parts(before @ sampled)
    return [
        Alignment(part, drawn[part], left[part])
        for part in UNITS
        if spread(part, drawn[part]) > SAME
    ]


def pose_parts(matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Return the parts of affine maps (N, 3, 3) by their names in `UNITS`, (N,) each.

    As in `stnctl.geometry.transforms.decompose`, the linear part is R(rotation) [[1, shear],
    [0, 1]] diag(scale_x, scale_y). The scale is the mean of the logarithms of both factors.
    """
    (a, b), (c, d) = np.moveaxis(matrix[:, :2, :2], 0, -1)
    angle = np.arctan2(c, a)
    along, across = np.cos(angle) * b + np.sin(angle) * d, np.cos(angle) * d - np.sin(angle) * b
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.log2(np.abs(np.hypot(a, c) * across)) / 2
        shear = along / across
    shift_x, shift_y = matrix[:, :2, 2].T
    return {
        "rotation": np.degrees(angle),
        "scale": scale,
        "shear": np.nan_to_num(shear, nan=0.0, posinf=0.0, neginf=0.0),
        "shift_x": shift_x,
        "shift_y": shift_y,
    }


def spread(part: str, values: np.ndarray) -> float:
    """Return the standard deviation of a part of N poses, (N,); for angles, around their mean."""
    return float(np.sqrt((_centered(part, values) ** 2).mean()))


def _centered(part: str, values: np.ndarray) -> np.ndarray:
    """Return the differences from the mean; for angles, from the circular mean."""
    center = values.mean()
    if part == "rotation":
        radians = np.radians(values)
        center = np.degrees(np.arctan2(np.sin(radians).mean(), np.cos(radians).mean()))
    return _wrapped(part, values - center)


def _wrapped(part: str, values: np.ndarray) -> np.ndarray:
    """Return angles in [-180, 180), and other values as they are."""
    return (values + 180) % 360 - 180 if part == "rotation" else values
