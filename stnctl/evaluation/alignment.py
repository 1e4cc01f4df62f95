"""Alignment: how much of a drawn distortion a transformer undoes.

A pose is an affine map, from V or U to the stored image. Before the transformer, it is the drawn
distortion D; after it, D ∘ T. A transformer that aligns gives all images the same pose.
"""

from dataclasses import dataclass

import numpy as np

from stnctl.data.split_view import EpochExamples
from stnctl.geometry.frames import from_centers
from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.decompose import decompose
from stnctl.runs.alignment_record import UNITS

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
    def median_after(self) -> float:
        """Median of the absolute difference of `after` from its mean."""
        return float(np.median(np.abs(_centered(self.part, self.after))))

    @property
    def half_turns(self) -> float | None:
        """Share of the angles in `after` that are nearer to a half turn than to their mean, 0 to 1.

        None for other parts.
        """
        if self.part != "rotation":
            return None
        return float((np.abs(_centered(self.part, self.after)) > 90).mean())

    @property
    def spread_modulo_half_turns(self) -> float | None:
        """Standard deviation of the angles in `after`, if half turns do not count.

        None for other parts.
        """
        return spread(self.part, 2 * self.after) / 2 if self.part == "rotation" else None

    def chosen(self, rows: np.ndarray) -> "Alignment":
        """Return the same part for some of the images, chosen by indices or a mask (N,)."""
        return Alignment(self.part, self.before[rows], self.after[rows])

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


def align(before: np.ndarray, sampled: np.ndarray) -> list[Alignment]:
    """Return the parts of the pose that the distortion changes.

    Args:
        before: D, (N, 3, 3), from `drawn_poses`.
        sampled: T, (N, 3, 3), from `stnctl.geometry.affine_fit`.
    """
    drawn, left = pose_parts(before), pose_parts(before @ sampled)
    return [
        Alignment(part, drawn[part], left[part])
        for part in UNITS
        if spread(part, drawn[part]) > SAME
    ]


def pose_parts(matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Return the parts of N >= 1 affine maps (N, 3, 3) by their names in `UNITS`, (N,) each.

    They are those of `stnctl.geometry.transforms.decompose`. The scale is the mean of the
    logarithms of both factors.
    """
    found = [decompose(each) for each in matrix]
    parts = {name: np.array([each[name] for each in found]) for name in found[0]}
    with np.errstate(divide="ignore"):
        scale = np.log2(np.abs(parts["scale_x"] * parts["scale_y"])) / 2
    return {
        "rotation": parts["rotation_degrees"],
        "scale": scale,
        "shear": parts["shear"],
        "shift_x": parts["translation_x"],
        "shift_y": parts["translation_y"],
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
