"""Flow transform: one displacement per pixel of V."""

from dataclasses import dataclass

import numpy as np

from stnctl.geometry.argument_checks import whole_pair
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.namespace import Array, array_namespace, constant, precise
from stnctl.geometry.sampler import sample
from stnctl.geometry.transforms.displacements import Displacements
from stnctl.geometry.transforms.transform import Bounds


@dataclass(frozen=True)
class Flow(Displacements):
    r"""One displacement per pixel of V.

    theta is ``dx0 dy0 dx1 dy1 ...``, row by row, in normalized coordinates (1 is half the width or
    height of U); the identity is all zeros. For another output size, the flow is resampled with
    bilinear interpolation. There is no inverse in closed form.

    Formula:
        x_s = x_t + dx_k
        y_s = y_t + dy_k

    When to use it:
        Elastic distortion of data. No network regresses it, and no config accepts it. theta has two
        numbers for each pixel k of V, row by row.

    Example:
        stnctl warp checker --transform flow --output-size 49 49 --interpolation area \
          --theta "$(awk 'BEGIN { for (k = 0; k < 49*49; k++)
            printf "%.3f 0 ", 0.15 * sin(k / 49 / 6) }')"

    Attributes:
        size: (H', W') of V.
    """

    size: tuple[int, int] = (28, 28)
    pointwise = False

    def __post_init__(self) -> None:
        """Check the size."""
        object.__setattr__(self, "size", whole_pair("size", self.size, 1))

    @property
    def lattice(self) -> tuple[int, int]:
        """Number of rows and of columns of pixels of V."""
        return self.size

    @property
    def bounds(self) -> Bounds:
        """(-1, 1) for each displacement: up to half a side of U in each direction."""
        return ((-1.0, 1.0),) * self.num_params

    def grid(
        self, theta: Array, output_size: tuple[int, int], *, align_corners: bool = True
    ) -> Array:
        """Return the sampling grid, (B, H', W', 2), for theta (B, num_params); see the base class.

        Each displacement is at the center of a pixel; ``align_corners`` defines its position.
        """
        self.check(theta, ndim=2)
        theta = precise(theta)
        lattice = regular_grid(output_size, align_corners=align_corners, dtype="float64")
        return self._moved(theta, lattice, align_corners=align_corners)

    def apply(self, theta: Array, points: Array) -> Array:
        """Return the source points, (B, H', W', 2), for theta (B, num_params); see the base class.

        The outermost displacements are at -1 and 1, as with ``align_corners=True``.
        """
        self.check(theta, ndim=2)
        return self._moved(theta, points, align_corners=True)

    def _moved(self, theta: Array, points: Array, *, align_corners: bool) -> Array:
        xp = array_namespace(theta)
        flow = xp.reshape(theta, (-1, *self.size, 2))
        target = constant(points, like=theta) + xp.zeros_like(theta[:, :1, None, None])
        with np.errstate(invalid="ignore"):
            return target + sample(flow, target, padding="border", align_corners=align_corners)
