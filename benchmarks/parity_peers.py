"""Peers of `benchmarks/parity.py`: other libraries behind one interface."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from torch.nn import functional

from stnctl.geometry.frames import to_pixel_frame
from stnctl.geometry.interpolation.bicubic import Bicubic
from stnctl.geometry.interpolation.taps import Interpolation
from stnctl.geometry.transforms.affine import Affine
from tests.geometry.peers import (
    SCIPY_ORDERS,
    exact_sample,
    pixels,
    scipy_sample,
    skimage_mode,
    skimage_warp,
)

FILL_VALUE = 0.7
KEYS = Bicubic(-0.5)
ALL = ("zeros", "value", "border", "reflection")

SKIMAGE_ORDERS: dict[str | Interpolation, int] = {"nearest": 0, "bilinear": 1, KEYS: 3}
OPENCV_FLAGS = {
    "nearest": cv2.INTER_NEAREST,
    "bilinear": cv2.INTER_LINEAR,
    "bicubic": cv2.INTER_CUBIC,
}
OPENCV_BORDERS = {
    "zeros": cv2.BORDER_CONSTANT,
    "value": cv2.BORDER_CONSTANT,
    "border": cv2.BORDER_REPLICATE,
}


@dataclass(frozen=True)
class Case:
    """Input maps and the points to sample them at.

    Attributes:
        interpolation: As in `sample`.
        padding: As in `sample`.
        align_corners: As in `sample`.
        U: (B, H, W, C), float64.
        theta: (B, 6), affine.
        grid: (B, H', W', 2), of theta.
        dV: (B, H', W', C), the gradient to V.
    """

    interpolation: str | Interpolation
    padding: str
    align_corners: bool
    U: np.ndarray
    theta: np.ndarray
    grid: np.ndarray
    dV: np.ndarray  # noqa: N815 - the paper's letter

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments of `sample`."""
        return {
            "interpolation": self.interpolation,
            "padding": self.padding,
            "fill_value": FILL_VALUE,
            "align_corners": self.align_corners,
        }

    @property
    def points(self) -> np.ndarray:
        """The points in the pixel frame, (B, H', W', 2)."""
        return pixels(self.U, self.grid, self.align_corners)

    @property
    def fill_value(self) -> float:
        """Value outside of U."""
        return FILL_VALUE if self.padding == "value" else 0.0


@dataclass(frozen=True)
class Peer:
    """A library to compare with.

    Attributes:
        name: Name in the table.
        interpolations: Its interpolations.
        paddings: Its paddings.
        values: Returns V of a case, in float64.
        gradients: Returns dU and dgrid of a case, in float64; None if it has no gradients.
        step: Fraction of a pixel that it rounds points to; None for a library that does not round.
    """

    name: str
    interpolations: tuple[str | Interpolation, ...]
    paddings: tuple[str, ...]
    values: Callable[[Case], np.ndarray]
    gradients: Callable[[Case], tuple[np.ndarray, np.ndarray]] | None = None
    step: float | None = None


def _torch(case: Case) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    U, grid = (torch.tensor(array, requires_grad=True) for array in (case.U, case.grid))
    V = functional.grid_sample(
        U.permute(0, 3, 1, 2),
        grid,
        mode=str(case.interpolation),
        padding_mode=case.padding,
        align_corners=case.align_corners,
    )
    return U, grid, V.permute(0, 2, 3, 1)


def _torch_values(case: Case) -> np.ndarray:
    return _torch(case)[2].detach().numpy()


def _torch_gradients(case: Case) -> tuple[np.ndarray, np.ndarray]:
    U, grid, V = _torch(case)
    dU, dgrid = torch.autograd.grad((V * torch.tensor(case.dV)).sum(), (U, grid))
    return dU.numpy(), dgrid.numpy()


def _spline_values(read: Callable[..., np.ndarray]) -> Callable[[Case], np.ndarray]:
    return lambda case: read(
        case.U,
        case.points,
        order=SCIPY_ORDERS[str(case.interpolation)],
        padding=case.padding,
        fill_value=case.fill_value,
        align_corners=case.align_corners,
    )


def _skimage_values(case: Case) -> np.ndarray:
    size, output_size = case.U.shape[1:3], case.grid.shape[1:3]

    def read(channel: np.ndarray, index: int) -> np.ndarray:
        matrix = Affine().matrix(case.theta)[index]
        return skimage_warp(
            channel,
            to_pixel_frame(matrix, size, output_size, align_corners=case.align_corners),
            output_size,
            order=SKIMAGE_ORDERS[case.interpolation],
            mode=skimage_mode(case.padding, case.align_corners),
        )

    return _by_channel(read, case.U)


def _opencv_values(case: Case) -> np.ndarray:
    reflection = cv2.BORDER_REFLECT_101 if case.align_corners else cv2.BORDER_REFLECT
    points = case.points.astype("float32")

    def read(channel: np.ndarray, index: int) -> np.ndarray:
        return cv2.remap(
            channel.astype("float32"),  # of float64, its bicubic is off by 1 next to the edges
            points[index],
            None,
            OPENCV_FLAGS[str(case.interpolation)],
            borderMode=OPENCV_BORDERS.get(case.padding, reflection),
            borderValue=[case.fill_value] * 4,
        )

    return _by_channel(read, case.U)


def _by_channel(read: Callable[[np.ndarray, int], np.ndarray], U: np.ndarray) -> np.ndarray:
    """Return V (B, H', W', C) from a function of a map (H, W) and its place in the batch."""
    channels = np.ascontiguousarray(np.moveaxis(U, -1, 0))  # (C, B, H, W)
    V = [[read(image, index) for index, image in enumerate(channel)] for channel in channels]
    return np.moveaxis(np.array(V), 0, -1)


PEERS = (
    Peer(
        "PyTorch `grid_sample`",
        ("nearest", "bilinear", "bicubic"),
        ("zeros", "border", "reflection"),
        _torch_values,
        _torch_gradients,
    ),
    Peer("SciPy `map_coordinates`", tuple(SCIPY_ORDERS), ALL, _spline_values(scipy_sample)),
    Peer("dense system", ("quadratic", "cubic"), ALL, _spline_values(exact_sample)),
    Peer(
        "scikit-image `warp`",
        tuple(SKIMAGE_ORDERS),
        ("zeros", "border", "reflection"),
        _skimage_values,
    ),
    Peer("OpenCV `remap`", tuple(OPENCV_FLAGS), ALL, _opencv_values, step=1 / 32),
)
