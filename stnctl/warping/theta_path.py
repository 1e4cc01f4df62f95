"""Theta of a warp, the path from the identity to theta, and the sizes of U and V."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stnctl.geometry.frames import Size
from stnctl.geometry.transforms.transform import MatrixTransform, Transform


@dataclass(frozen=True)
class MapSizes:
    """Sizes of the maps U and V.

    Attributes:
        input_size: (H, W) of U.
        output_size: (H', W') of V.
        align_corners: As in `stnctl.geometry.grid`.
    """

    input_size: Size
    output_size: Size
    align_corners: bool = True


@dataclass(frozen=True, eq=False)
class ThetaPath:
    """A theta, and a path from the identity to theta; by default the straight line.

    Attributes:
        name: The family, a key of `TRANSFORMS`.
        transform: The transform of that family.
        theta: (num_params,), from output to input, in normalized coordinates.
    """

    name: str
    transform: Transform
    theta: np.ndarray

    def at(self, share: float) -> np.ndarray:
        """Return theta, (num_params,), at a share of the path: 0 is the identity, 1 is `theta`."""
        return (1 - share) * self.transform.identity() + share * self.theta

    @cached_property
    def matrix(self) -> np.ndarray | None:
        """The matrix of theta, (3, 3), in normalized coordinates; None if the family has none."""
        if not isinstance(self.transform, MatrixTransform):
            return None
        with np.errstate(all="ignore"):  # the caller checks the bounds
            matrix: np.ndarray = self.transform.matrix(self.theta[None])[0]
        return matrix
