"""Base class of the transforms with one displacement per point of a regular grid on V."""

from abc import abstractmethod

import numpy as np

from stnctl.geometry.grid import half_span
from stnctl.geometry.namespace import Array
from stnctl.geometry.transforms.decompose import displacement_parts
from stnctl.geometry.transforms.transform import Transform


class Displacements(Transform):
    """Transform with one displacement (dx, dy) per point of a regular grid on V.

    At each of these points, (x_s, y_s) = (x_t + dx, y_t + dy). Between the points, each subclass
    interpolates the displacements.

    theta is ``dx0 dy0 dx1 dy1 ...``, row by row, in normalized coordinates (1 is half the width or
    height of U); the identity is all zeros. There is no inverse in closed form.
    """

    invertible = False

    @property
    @abstractmethod
    def lattice(self) -> tuple[int, int]:
        """Number of rows and of columns of the points."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the displacements: dx0, dy0, dx1, dy1, ..."""
        return tuple(f"d{axis}{k}" for k in range(self.num_params // 2) for axis in "xy")

    @property
    def num_params(self) -> int:
        """The length of theta: two numbers for each point."""
        rows, columns = self.lattice
        return 2 * rows * columns

    def identity(self) -> np.ndarray:
        """Return zeros, (num_params,)."""
        return np.zeros(self.num_params)

    def _inverted(self, theta: Array) -> Array:
        """Reject any theta (B, num_params)."""
        raise ValueError(f"{type(self).__name__} has no inverse in closed form")

    def describe(
        self, theta: np.ndarray, input_size: tuple[int, int], *, align_corners: bool = True
    ) -> dict[str, float]:
        """Return lengths and mean of the displacements of theta (num_params,), in pixels of U.

        See `displacement_parts`. Arguments as in the base class.
        """
        self.check(theta, ndim=1)
        return displacement_parts(theta, half_span(input_size, align_corners=align_corners))
