"""What both ways to say a theta lead to."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stnctl.geometry.frames import Size
from stnctl.geometry.transforms import Transform


@dataclass(frozen=True)
class MapSizes:
    """What theta maps between.

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
    """A theta, and the way to it from the identity.

    Attributes:
        name: The family, a key of `TRANSFORMS`.
        transform: Of that family.
        way: From a share in [0, 1] to theta (num_params,), output to input, normalized; the
            identity at 0.
    """

    name: str
    transform: Transform
    way: Callable[[float], np.ndarray]

    @property
    def theta(self) -> np.ndarray:
        """The theta itself, (num_params,)."""
        return self.way(1.0)
