"""Theta from its parameters: of any family, in the normalized or the pixel frame, or inverted."""

import math
from dataclasses import dataclass

import numpy as np

from stnctl.errors import UsageError
from stnctl.geometry.frames import half_sides, to_normalized_frame
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
"""Number of parameters -> default family."""

NAMES_SHOWN = 8
"""Largest number of parameters that a message lists by name."""

_IDENTITY = "for example, the identity: --theta 1 0 0 0 1 0"


@dataclass(frozen=True)
class ParameterSpec:
    """Parameters of a family of transforms.

    Attributes:
        option: Name of the option that gives them, for messages.
        name: The family, a key of `TRANSFORMS`.
        numbers: (num_params,).
        in_pixels: Whether they are a matrix between pixels of V and U, or offsets in pixels of U.
        inverse: Whether they map input to output.
    """

    option: str
    name: str
    numbers: tuple[float, ...]
    in_pixels: bool = False
    inverse: bool = False

    def __post_init__(self) -> None:
        """Reject the pixel frame for a family without it."""
        if self.in_pixels and self.name not in (*MATRICES.values(), SPLINE):
            raise UsageError(
                f"--frame pixel: expected affine or projective parameters, or --points, "
                f"got {self.name}",
                hint="give the parameters in the normalized frame, without --frame",
            )

    def theta_path(self, maps: MapSizes) -> ThetaPath:
        """Return theta for maps of these sizes, and the straight path to it.

        Raises:
            UsageError: If the number of parameters is wrong, one is beyond ±`LARGEST`, or the
                matrix has no inverse.
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
        """Return notes on surprising effects of the parameters on maps of these sizes."""
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
        """Return the transform, or raise if it has another number of parameters."""
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
            half = half_sides(maps.input_size, align_corners=maps.align_corners)
            theta = (theta.reshape(-1, 2) / half).ravel()
        return theta + 0.0


def matrix_numbers(option: str, text: str) -> tuple[str, tuple[float, ...]]:
    """Return the default family for the numbers in ``text``, and the numbers.

    Args:
        option: Name of the option, for the message.
        text: Its value.

    Raises:
        UsageError: If there are not six numbers (affine) or eight (projective).
    """
    numbers = parse_numbers(option, text)
    if len(numbers) not in MATRICES:
        third_row = "divide all nine by the last, and leave out the last"
        raise UsageError(
            f"{option}: expected 6 numbers (affine: a b tx c d ty) or 8 (projective: h11 h12 h13 "
            f"h21 h22 h23 h31 h32), got {len(numbers)}: {quote(text)}",
            hint=third_row if len(numbers) == 9 else _IDENTITY,
        )
    return MATRICES[len(numbers)], numbers


def _is_bounded(values: np.ndarray) -> bool:
    return bool((np.abs(values) <= LARGEST).all())  # False for NaN


def _check_norm(option: str, numbers: tuple[float, ...]) -> None:
    """Raise if the matrix exponential of a b c d would be inaccurate."""
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
    """Return theta, (num_params,), of a matrix from pixels of V to U, or if ``inverse``, U to V.

    It is normalized before it is inverted: scaled to h33 = 1, the inverse between pixels has pixel
    (0, 0) in front of the horizon, and the normalized inverse has the center there.
    """
    sizes = (maps.output_size, maps.input_size) if inverse else (maps.input_size, maps.output_size)
    pixels = transform.matrix(theta[None])[0]
    matrix = to_normalized_frame(pixels, *sizes, align_corners=maps.align_corners)
    matrix = _inverse(matrix) if inverse else matrix
    normalized: np.ndarray = transform.from_matrix(matrix[None])[0]
    return normalized


def _inverse(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse, (3, 3), with the sign of h33 as it is.

    Raises:
        ValueError: If the matrix is singular in float64.
    """
    rounding = 4 * np.finfo("float64").eps * np.prod(np.linalg.norm(matrix, axis=1))
    if not abs(np.linalg.det(matrix)) > rounding:
        raise ValueError("the matrix has no inverse: it is singular, or almost")
    return np.linalg.inv(matrix)


def _rows_of_points(option: str, count: int) -> int:
    """Return n for ``count`` numbers, which are dx dy of n x n control points."""
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
