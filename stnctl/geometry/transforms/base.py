"""What every family of transforms offers."""

from abc import ABC, abstractmethod

import numpy as np

from stnctl.geometry._namespace import Array, array_namespace, dtype_name


class Transform(ABC):
    """A family T_theta of maps from target to source points (paper, section 3.2). Stateless.

    Convention:
        Direction: target (V) -> source (U). Frame: normalized (x, y), x right, y down.
        theta has shape (B, num_params); its dtype is the dtype of every result.
    """

    num_params: int

    @abstractmethod
    def identity(self) -> np.ndarray:
        """Return theta of shape (num_params,), float64, with V = U."""

    @abstractmethod
    def grid(
        self, theta: Array, output_size: tuple[int, int], *, align_corners: bool = True
    ) -> Array:
        """Return the source point of every pixel of V.

        Args:
            theta: (B, num_params).
            output_size: (H', W').
            align_corners: As in `stnctl.geometry.grid`.

        Returns:
            Sampling grid of shape (B, H', W', 2), normalized (x, y).

        Raises:
            ValueError: If theta has another shape or is not floating.
        """

    @abstractmethod
    def describe(self, theta: np.ndarray) -> dict[str, float]:
        """Return the named parts of one theta, of shape (num_params,), that a person reads.

        Raises:
            ValueError: If theta has another shape.
        """

    def check(self, theta: Array, *, ndim: int) -> None:
        """Refuse a theta that is not floating, or whose shape is not ([B,] num_params).

        Raises:
            TypeError: If it is no array.
            ValueError: Naming what came and what was expected.
        """
        array_namespace(theta)
        if len(theta.shape) != ndim or theta.shape[-1] != self.num_params:
            expected = ("B, " if ndim == 2 else "") + str(self.num_params)
            raise ValueError(f"theta must have shape ({expected}), got {tuple(theta.shape)}")
        if "float" not in dtype_name(theta):
            raise ValueError(f"theta must be floating, got {dtype_name(theta)}")
