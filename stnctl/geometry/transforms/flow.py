"""Flows: a displacement for every pixel of V."""

from dataclasses import dataclass

import numpy as np

from stnctl.geometry._namespace import Array, array_namespace, constant, precise
from stnctl.geometry.grid import half_span, regular_grid
from stnctl.geometry.sampler import sample
from stnctl.geometry.transforms.base import Bounds, Transform
from stnctl.geometry.transforms.parts import displacement_parts


@dataclass(frozen=True)
class Flow(Transform):
    """Displacements: (x_s, y_s) = (x_t + dx, y_t + dy), with (dx, dy) for each pixel of V.

    theta is ``dx0 dy0 dx1 dy1 ...``, row by row, in half sides of U; the identity is all zeros.
    For maps of another size than its own the flow is resampled, bilinearly. Meant for elastic
    distortions, not to be regressed by a network. There is no inverse in closed form.

    Attributes:
        size: (H', W') of V.
    """

    size: tuple[int, int] = (28, 28)

    def __post_init__(self) -> None:
        """Check the size."""
        if len(self.size) != 2 or min(self.size) < 1:
            raise ValueError(f"size must be two numbers >= 1, got {self.size}")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the displacements."""
        height, width = self.size
        return tuple(f"d{axis}{k}" for k in range(height * width) for axis in "xy")

    @property
    def num_params(self) -> int:
        """The length of theta, 2 H' W'."""
        return 2 * self.size[0] * self.size[1]

    @property
    def bounds(self) -> Bounds:
        """Half a side each way."""
        return ((-1.0, 1.0),) * self.num_params

    def identity(self) -> np.ndarray:
        """Return zeros, (2 H' W',)."""
        return np.zeros(self.num_params)

    def grid(
        self, theta: Array, output_size: tuple[int, int], *, align_corners: bool = True
    ) -> Array:
        """Return the sampling grid, (B, H', W', 2), see the base class.

        The displacements are those of the pixels, wherever ``align_corners`` puts them.
        """
        self.check(theta, ndim=2)
        theta = precise(theta)
        lattice = regular_grid(output_size, align_corners=align_corners, dtype="float64")
        return self._moved(theta, lattice, align_corners=align_corners)

    def apply(self, theta: Array, points: Array) -> Array:
        """Return the source points, (B, H', W', 2), see the base class.

        The displacements count as those of pixels with the outermost centers at -1 and 1.
        """
        self.check(theta, ndim=2)
        return self._moved(theta, points, align_corners=True)

    def _inverted(self, theta: Array) -> Array:
        """Refuse: there is no inverse in closed form."""
        raise ValueError("a flow has no inverse in closed form")

    def describe(
        self, theta: np.ndarray, input_size: tuple[int, int], *, align_corners: bool = True
    ) -> dict[str, float]:
        """Return how far the pixels are displaced, in pixels of U, see the base class."""
        self.check(theta, ndim=1)
        half = half_span(input_size, align_corners=align_corners)
        return displacement_parts(theta, half)

    def _moved(self, theta: Array, points: Array, *, align_corners: bool) -> Array:
        xp = array_namespace(theta)
        flow = xp.reshape(theta, (-1, *self.size, 2))
        target = constant(points, like=theta) + xp.zeros_like(theta[:, :1, None, None])
        with np.errstate(invalid="ignore"):
            return target + sample(flow, target, padding="border", align_corners=align_corners)
