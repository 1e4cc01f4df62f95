"""Theta from the parameters of any family, normalized or in pixels, or of the inverse map."""

import math
from dataclasses import dataclass

import numpy as np

from stnctl.errors import UsageError
from stnctl.geometry.frames import to_normalized_frame
from stnctl.geometry.grid import half_span
from stnctl.geometry.registries import MAX_CONTROL_POINTS
from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.diffeomorphic_affine import LARGEST_NORM, DiffeomorphicAffine
from stnctl.geometry.transforms.flow import Flow
from stnctl.geometry.transforms.make import make_transform
from stnctl.geometry.transforms.projective import Projective
from stnctl.geometry.transforms.transform import Transform
from stnctl.warping.numbers import LARGEST, format_numbers, parse_numbers, quote
from stnctl.warping.theta_path import MapSizes, ThetaPath

SPLINE = "thin_plate_spline"
MATRICES = {6: "affine", 8: "projective"}
"""Number of parameters -> default family of transforms."""

NAMES_SHOWN = 8
"""Largest number of parameters that a message lists by name."""

_IDENTITY = "for example, the identity: --theta 1 0 0 0 1 0"


@dataclass(frozen=True)
class ParameterSpec:
    """Parameters of a family of transforms.

    Attributes:
        option: Name of the option with the numbers, for messages.
        name: The family, a key of `TRANSFORMS`.
        numbers: The parameters, (num_params,).
        in_pixels: Whether the numbers are in the pixel frame: a matrix between pixels of V and
            pixels of U, or displacements in pixels of U.
        inverse: Whether the numbers map input to output (U to V); default output to input.
    """

    option: str
    name: str
    numbers: tuple[float, ...]
    in_pixels: bool = False
    inverse: bool = False

    def __post_init__(self) -> None:
        """Reject the pixel frame for a family that does not support it."""
        if self.in_pixels and self.name not in (*MATRICES.values(), SPLINE):
            raise UsageError(
                f"--frame pixel: expected affine or projective parameters, or --points, "
                f"got {self.name}",
                hint="give the parameters in the normalized frame, without --frame",
            )

    def theta_path(self, maps: MapSizes) -> ThetaPath:
        """Return theta for maps of these sizes, with the straight path to it from the identity.

        Raises:
            UsageError: If the number of parameters is wrong, a number of theta is beyond
                ±`LARGEST`, the inverse does not exist, or the matrix can't have h33 = 1.
        """
        transform = self._transform(maps)
        if isinstance(transform, DiffeomorphicAffine):
            _check_norm(self.option, self.numbers)
        try:
            path = ThetaPath(self.name, transform, self._theta(transform, maps))
        except ValueError as error:
            raise UsageError(f"{self.option}: {error}") from None
        if not (_is_bounded(path.theta) and (path.matrix is None or _is_bounded(path.matrix))):
            raise UsageError(
                f"{self.option}: expected a theta within ±{LARGEST:g}, got a larger one from "
                f"{quote(format_numbers(self.numbers))}",
                hint="the matrix is almost singular, or its numbers are too large",
            )
        return path

    def notes(self, maps: MapSizes) -> list[str]:
        """Return notes on surprising effects of the parameters for maps of these sizes."""
        height, width = maps.input_size
        if height == width or self.in_pixels or self.name == "flow":
            return []
        given = ThetaPath(self.name, self._transform(maps), np.array(self.numbers, "float64"))
        if given.matrix is None or not (given.matrix[0, 1] and given.matrix[1, 0]):
            return []
        return [
            "the image is not square: a rotation in normalized coordinates shears it; "
            "--rotate rotates it without shear"
        ]

    def _transform(self, maps: MapSizes) -> Transform:
        """Return the transform; reject a wrong number of parameters."""
        transform: Transform
        if self.name == SPLINE:
            rows = _rows_of_points(self.option, len(self.numbers))
            return make_transform(SPLINE, control_points=(rows, rows))
        transform = Flow(maps.output_size) if self.name == "flow" else make_transform(self.name)
        if len(self.numbers) != transform.num_params:
            raise _wrong_count(self.option, self.name, transform, self.numbers)
        return transform

    def _theta(self, transform: Transform, maps: MapSizes) -> np.ndarray:
        """Return theta, (num_params,), output to input, normalized."""
        theta = np.array(self.numbers, "float64")
        with np.errstate(all="ignore"):  # an overflow is rejected later
            if self.in_pixels and isinstance(transform, Affine | Projective):
                return _from_pixel_matrix(transform, theta, maps, self.inverse) + 0.0  # no -0
            if self.inverse:
                theta = transform.inverse(theta[None])[0]
        if self.in_pixels:
            half = half_span(maps.input_size, align_corners=maps.align_corners)
            theta = (theta.reshape(-1, 2) / half).ravel()
        return theta + 0.0


def matrix_numbers(option: str, text: str) -> tuple[str, tuple[float, ...]]:
    """Return the default family for the numbers in ``text``, and its parameters.

    Nine numbers are a 3x3 matrix, which is divided by its last number. Its family is affine if its
    third row is then 0 0 1.

    Args:
        option: Name of the option, for the message.
        text: Value of the option.

    Raises:
        UsageError: If there are not six numbers (affine), eight (projective) or nine, or the last
            of nine is 0.
    """
    numbers = parse_numbers(option, text)
    if len(numbers) == 9:
        if numbers[8] == 0:
            raise UsageError(
                f"{option}: expected a 3x3 matrix whose last number is not 0, got {quote(text)}"
            )
        numbers = tuple(number / numbers[8] for number in numbers[:8])
        numbers = numbers if any(numbers[6:]) else numbers[:6]
    if len(numbers) not in MATRICES:
        raise UsageError(
            f"{option}: expected 6 numbers (affine: a b tx c d ty), 8 (projective: h11 h12 h13 "
            f"h21 h22 h23 h31 h32) or 9 (a 3x3 matrix), got {len(numbers)}: {quote(text)}",
            hint=_IDENTITY,
        )
    return MATRICES[len(numbers)], numbers


def _is_bounded(values: np.ndarray) -> bool:
    return bool((np.abs(values) <= LARGEST).all())  # False for NaN


def _check_norm(option: str, numbers: tuple[float, ...]) -> None:
    """Reject a b c d whose matrix exponential is inaccurate."""
    norm = np.linalg.norm(np.reshape(numbers, (2, 3))[:, :2], 2)
    if not norm <= LARGEST_NORM:
        raise UsageError(
            f"{option}: expected a b c d of diffeomorphic_affine with a spectral norm up to "
            f"{LARGEST_NORM:g} (six rotations, or a scale of exp(40)), got {norm:.4g}",
            hint="give the matrix itself, with --transform affine",
        )


def _from_pixel_matrix(
    transform: Affine | Projective, theta: np.ndarray, maps: MapSizes, inverse: bool
) -> np.ndarray:
    """Return theta, (num_params,), for the parameters of a matrix in the pixel frame.

    The matrix maps pixels of V to pixels of U, or with ``inverse``, pixels of U to pixels of V. It
    is normalized before it is inverted, because an inverse with h33 = 1 must have the origin in
    front of the horizon: in the pixel frame pixel (0, 0), in the normalized frame the center.
    """
    sizes = (maps.output_size, maps.input_size) if inverse else (maps.input_size, maps.output_size)
    pixels = transform.matrix(theta[None])[0]
    matrix = to_normalized_frame(pixels, *sizes, align_corners=maps.align_corners)
    matrix = _inverse(matrix) if inverse else matrix
    normalized: np.ndarray = transform.from_matrix(matrix[None])[0]
    return normalized


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse, (3, 3), of a matrix (3, 3), not scaled to h33 = 1.

    Raises:
        ValueError: If the matrix is singular in float64.
    """
    rounding = 4 * np.finfo("float64").eps * np.prod(np.linalg.norm(matrix, axis=1))
    if not abs(np.linalg.det(matrix)) > rounding:
        raise ValueError("the matrix has no inverse: it is singular, or almost")
    return np.linalg.inv(matrix)


def _rows_of_points(option: str, count: int) -> int:
    """Return n for ``count`` numbers: dx dy of each of n x n control points."""
    rows = math.isqrt(count // 2)
    if rows < 2 or 2 * rows**2 != count:
        raise UsageError(
            f"{option}: expected dx dy of each control point of a square grid, which is 8, 18, 32, "
            f"50, ... numbers, got {count}",
            hint="2 x 2 points, the first moved: --points 0.2 0.1 0 0 0 0 0 0",
        )
    if rows > MAX_CONTROL_POINTS:
        raise UsageError(
            f"{option}: expected at most {MAX_CONTROL_POINTS} x {MAX_CONTROL_POINTS} points, "
            f"got {rows} x {rows}"
        )
    return rows


def _wrong_count(
    option: str, name: str, transform: Transform, numbers: tuple[float, ...]
) -> UsageError:
    count = transform.num_params
    few = count <= NAMES_SHOWN
    names = f": {' '.join(transform.parameters)}" if few else ""
    values = f": {format_numbers(numbers)}" if len(numbers) <= NAMES_SHOWN else ""
    identity = f"the identity: {option} {format_numbers(transform.identity())}" if few else None
    return UsageError(
        f"{option}: expected {count:,} parameter{'s' * (count != 1)} of {name}{names}; "
        f"got {len(numbers):,}{values}",
        hint=identity,
    )
