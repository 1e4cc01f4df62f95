"""Base classes of the families of transforms."""

from abc import ABC, abstractmethod

import numpy as np

from stnctl.geometry.grid import regular_grid
from stnctl.geometry.namespace import Array, array_namespace, dtype_name, precise

Bounds = tuple[tuple[float, float], ...]


class Transform(ABC):
    """A family T_theta of maps from target to source points (paper, section 3.2). Stateless.

    docs/transforms.md is generated from the docstrings of the families: the first line, and the
    sections Formula, Inverse, When to use it and Example. A family with options is a frozen
    dataclass; its fields are the options of `make_transform`.

    Convention:
        Direction: target (V) -> source (U). Frame: normalized (x, y), x right, y down.
        theta has shape (B, num_params). The grid and the inverse have the dtype of theta, but at
        least float32.
        Angles are in radians. A positive angle takes x (right) towards y (down).

    Attributes:
        parameters: The names of the parameters, in the order of theta.
        bounds: (low, high) of each parameter for a bounded head; the identity is between the two.
        pointwise: Whether the source point of a pixel depends on its target point alone. Then the
            grid is `apply` on the regular grid of target points, and can be computed in blocks.
        invertible: Whether `inverse` exists, except for singular thetas.
    """

    pointwise = True
    invertible = True

    @property
    @abstractmethod
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters, in the order of theta."""

    @property
    @abstractmethod
    def bounds(self) -> Bounds:
        """(low, high) of each parameter for a bounded head; the identity is between the two."""

    @property
    def num_params(self) -> int:
        """The length of theta."""
        return len(self.parameters)

    @abstractmethod
    def identity(self) -> np.ndarray:
        """Return the theta, (num_params,), float64, with V = U."""

    @abstractmethod
    def apply(self, theta: Array, points: Array) -> Array:
        """Return the source points of target points.

        Args:
            theta: (B, num_params).
            points: Target points, normalized (x, y), (H', W', 2) for the whole batch, or
                (B, H', W', 2). For constant points, a NumPy array in float64 is best.

        Returns:
            Source points, normalized (x, y), (B, H', W', 2).

        Raises:
            ValueError: If theta has another shape or is not floating.
        """

    def source_axes(
        self, theta: np.ndarray, x: np.ndarray, y: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return x and y of the source points of a lattice of target points, (B, H', W') each.

        The points have the bits of `apply`. They are separate, so that NumPy computes them faster.

        Args:
            theta: (B, num_params).
            x: Normalized x of the columns of the lattice, (W',), float64.
            y: Normalized y of its rows, (H',), float64.
        """
        points = self.apply(theta, np.stack(np.meshgrid(x, y), axis=-1))
        return points[..., 0], points[..., 1]

    def grid(
        self, theta: Array, output_size: tuple[int, int], *, align_corners: bool = True
    ) -> Array:
        """Return the sampling grid: the source point of every pixel of V.

        Args:
            theta: (B, num_params).
            output_size: (H', W').
            align_corners: As in `stnctl.geometry.grid`.

        Returns:
            Sampling grid of shape (B, H', W', 2), normalized (x, y).

        Raises:
            ValueError: If theta has another shape or is not floating.
        """
        self.check(theta, ndim=2)
        lattice = regular_grid(output_size, align_corners=align_corners, dtype="float64")
        return self.apply(precise(theta), lattice)

    def inverse(self, theta: Array) -> Array:
        """Return the theta, (B, num_params), of the inverse map, for theta (B, num_params).

        Raises:
            ValueError: If the family is not `invertible`, or theta has another shape. For NumPy
                arrays, also if a theta is singular or not finite; for tensors, the result is then
                not finite.
        """
        self.check(theta, ndim=2)
        with np.errstate(all="ignore"):
            inverse = self._inverted(precise(theta))
        if isinstance(inverse, np.ndarray) and not np.isfinite(inverse).all():
            rows = theta[~np.isfinite(inverse).all(axis=-1)]
            numbers = " ".join(f"{number:g}" for number in rows[0])
            raise ValueError(
                f"{type(self).__name__} has no inverse for theta {numbers}, "
                "which is singular or not finite"
            )
        return inverse

    def _inverted(self, theta: Array) -> Array:
        """Return the inverse of a checked theta (B, num_params); not finite for a singular theta.

        An invertible family overrides this method.
        """
        raise ValueError(f"{type(self).__name__} has no inverse in its family")

    @abstractmethod
    def describe(
        self, theta: np.ndarray, input_size: tuple[int, int], *, align_corners: bool = True
    ) -> dict[str, float]:
        """Return readable parts of one theta by name: angles in degrees, lengths in pixels of U.

        Args:
            theta: (num_params,).
            input_size: (H, W) of U.
            align_corners: As in `stnctl.geometry.grid`.

        Raises:
            ValueError: If theta has another shape.
        """

    def check(self, theta: Array, *, ndim: int) -> None:
        """Reject a theta that is not floating, or whose shape is not ([B,] num_params).

        Args:
            theta: Any shape.
            ndim: 2 for a batch of thetas, 1 for a single one.

        Raises:
            TypeError: If theta is not an array.
            ValueError: If the shape or the dtype is wrong. The message gives both.
        """
        dtype, num_params = dtype_name(theta), self.num_params
        if len(theta.shape) != ndim or theta.shape[-1] != num_params:
            expected = ("B, " if ndim == 2 else "") + str(num_params)
            raise ValueError(f"theta must have shape ({expected}), got {tuple(theta.shape)}")
        if "float" not in dtype:
            raise ValueError(f"theta must be floating, got {dtype}")


class MatrixTransform(Transform):
    """A family whose maps are matrices on homogeneous points. `compose` multiplies them."""

    @abstractmethod
    def matrix(self, theta: Array) -> Array:
        """Return the matrices from target to source, (B, 3, 3), for theta (B, num_params).

        Raises:
            ValueError: If theta has another shape or is not floating.
        """


def determinant(terms: list[Array]) -> Array:
    """Return a determinant, (B,), the sum of its terms, (B,) each; 0 within the rounding error."""
    xp = array_namespace(*terms)
    total, size = sum(terms), sum(map(xp.abs, terms))
    rounding = 4 * float(np.finfo(dtype_name(total)).eps) * size
    return xp.where(xp.abs(total) <= rounding, xp.zeros_like(total), total)


def require(holds: Array, message: str) -> None:
    """Require that a condition holds everywhere. For tensors, nothing is checked.

    Args:
        holds: (...), bool.
        message: Message of the error.

    Raises:
        ValueError: If ``holds`` is a NumPy array and not true everywhere.
    """
    if isinstance(holds, np.ndarray | np.generic) and not np.all(holds):
        raise ValueError(message)
