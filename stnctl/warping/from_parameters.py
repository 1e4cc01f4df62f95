"""theta by its numbers: of any family, in either frame, in either direction."""

import math
from dataclasses import dataclass

import numpy as np

from stnctl.errors import UsageError
from stnctl.geometry.frames import half_sides, to_normalized_frame
from stnctl.geometry.transforms import (
    Affine,
    DiffeomorphicAffine,
    Flow,
    MatrixTransform,
    Projective,
    Transform,
    make_transform,
)
from stnctl.geometry.transforms.diffeomorphic_affine import LARGEST_NORM
from stnctl.warping.numbers import LARGEST, format_numbers, parse_numbers, quote
from stnctl.warping.theta_path import MapSizes, ThetaPath

SPLINE = "thin_plate_spline"
MATRICES = {6: "affine", 8: "projective"}
"""Count of numbers -> family, where none is named."""

NAMES_SHOWN = 8
MOST_ROWS = 32
"""Of a square of control points; a configuration has no larger one either."""
"""Parameters up to which a message names them."""

_IDENTITY = "for example, the identity: --theta 1 0 0 0 1 0"


@dataclass(frozen=True)
class ParameterSpec:
    """Numbers of a family.

    Attributes:
        option: Where they were given, for messages.
        name: The family, a key of `TRANSFORMS`.
        numbers: As many as the family has parameters.
        in_pixels: Whether they are a matrix between pixels of V and U, or offsets in pixels of U.
        inverse: Whether they map input to output.
    """

    option: str
    name: str
    numbers: tuple[float, ...]
    in_pixels: bool = False
    inverse: bool = False

    def __post_init__(self) -> None:
        """Refuse pixels where the family has no such form."""
        if self.in_pixels and self.name not in (*MATRICES.values(), SPLINE):
            raise UsageError(
                f"--frame pixel: expected affine or projective numbers, or --points, "
                f"got {self.name}",
                hint="give the numbers in the normalized frame",
            )

    def goal(self, maps: MapSizes) -> ThetaPath:
        """Return the theta for maps of these sizes, and the straight way to it.

        Raises:
            UsageError: If the count of numbers is wrong, they are beyond all bounds, or there is
                no inverse.
        """
        transform = self._transform(maps)
        if isinstance(transform, DiffeomorphicAffine):
            _check_norm(self.option, self.numbers)
        try:
            theta = self._theta(transform, maps)
        except ValueError as error:
            raise UsageError(f"{self.option}: {error}") from None
        if not all(_is_bounded(values) for values in (theta, *_matrices(transform, theta))):
            raise UsageError(
                f"{self.option}: {self._typed} leads to numbers beyond ±{LARGEST:g}, "
                "as do matrices almost without inverse"
            )
        identity = transform.identity()
        return ThetaPath(self.name, transform, lambda share: (1 - share) * identity + share * theta)

    def notes(self, maps: MapSizes) -> list[str]:
        """Return what a person may not expect of these numbers on these maps."""
        height, width = maps.input_size
        if height == width or self.in_pixels or self.name == "flow":
            return []
        matrices = _matrices(self._transform(maps), np.array(self.numbers, "float64"))
        if not any(matrix[0, 1] and matrix[1, 0] for matrix in matrices):
            return []
        return [
            "the image is not square: a turn of the normalized square slants it; "
            "--rotate turns it as it is"
        ]

    @property
    def _typed(self) -> str:
        return quote(format_numbers(self.numbers))

    def _transform(self, maps: MapSizes) -> Transform:
        """Return the transform, if it takes that count of numbers."""
        transform: Transform
        if self.name == SPLINE:
            rows = _rows_of_points(self.option, len(self.numbers))
            return make_transform(SPLINE, control_points=(rows, rows))
        transform = Flow(maps.output_size) if self.name == "flow" else make_transform(self.name)
        if len(self.numbers) != transform.num_params:
            raise _wrong_count(self.option, self.name, transform, self.numbers)
        return transform

    def _theta(self, transform: Transform, maps: MapSizes) -> np.ndarray:
        """Return the numbers from output to input, normalized, (num_params,)."""
        theta = np.array(self.numbers, "float64")
        with np.errstate(all="ignore"):  # what overflows is refused later
            if self.in_pixels and isinstance(transform, Affine | Projective):
                return _from_pixel_matrix(transform, theta, maps, self.inverse) + 0.0  # no -0
            if self.inverse:
                theta = transform.inverse(theta[None])[0]
        if self.in_pixels:
            half = half_sides(maps.input_size, align_corners=maps.align_corners)
            theta = (theta.reshape(-1, 2) / half).ravel()
        return theta + 0.0


def matrix_numbers(option: str, text: str) -> tuple[str, tuple[float, ...]]:
    """Return the family that a count of numbers means, and the numbers.

    Raises:
        UsageError: If there are neither six nor eight.
    """
    numbers = parse_numbers(option, text)
    if len(numbers) not in MATRICES:
        third_row = "divide all nine by the last, and leave that out"
        raise UsageError(
            f"{option}: expected 6 numbers (affine: a b tx c d ty) or 8 (projective: h11 h12 h13 "
            f"h21 h22 h23 h31 h32), got {len(numbers)}: {quote(text)}",
            hint=third_row if len(numbers) == 9 else _IDENTITY,
        )
    return MATRICES[len(numbers)], numbers


def _matrices(transform: Transform, theta: np.ndarray) -> list[np.ndarray]:
    """Return the matrix (3, 3) of theta, or nothing if it has none."""
    if not isinstance(transform, MatrixTransform):
        return []
    with np.errstate(all="ignore"):
        return [transform.matrix(theta[None])[0]]


def _is_bounded(values: np.ndarray) -> bool:
    return bool((np.abs(values) <= LARGEST).all())  # False for NaN


def _check_norm(option: str, numbers: tuple[float, ...]) -> None:
    """Refuse six numbers whose exponential would be wrong."""
    norm = np.linalg.norm(np.reshape(numbers, (2, 3))[:, :2], 2)
    if not norm <= LARGEST_NORM:
        raise UsageError(
            f"{option}: diffeomorphic_affine takes a b c d up to a spectral norm of "
            f"{LARGEST_NORM:g}, where it turns six times or grows by exp(40), got {norm:.4g}",
            hint="say the matrix itself, with --transform affine",
        )


def _from_pixel_matrix(
    transform: Affine | Projective, theta: np.ndarray, maps: MapSizes, inverse: bool
) -> np.ndarray:
    """Return theta (num_params,) of one between pixels: of V to U, or ``inverse``, of U to V.

    It is normalized before it is inverted: scaled to h33 = 1, the inverse between pixels has pixel
    (0, 0) in front of the horizon, and the normalized one the center.
    """
    sizes = (maps.output_size, maps.input_size) if inverse else (maps.input_size, maps.output_size)
    pixels = transform.matrix(theta[None])[0]
    matrix = to_normalized_frame(pixels, *sizes, align_corners=maps.align_corners)
    return transform.from_matrix((_inverted(matrix) if inverse else matrix)[None])[0]


def _inverted(matrix: np.ndarray) -> np.ndarray:
    """Return the inverse (3, 3), whose h33 keeps its sign; refuse what is singular in float64."""
    rounding = 4 * np.finfo("float64").eps * np.prod(np.linalg.norm(matrix, axis=1))
    if not abs(np.linalg.det(matrix)) > rounding:
        raise ValueError("the matrix has no inverse: it is singular, or almost")
    return np.linalg.inv(matrix)


def _rows_of_points(option: str, count: int) -> int:
    """Return n, where ``count`` numbers are dx dy of n by n control points."""
    rows = math.isqrt(count // 2)
    if rows < 2 or 2 * rows**2 != count:
        raise UsageError(
            f"{option}: expected dx dy of each control point of a square grid, so 8, 18, 32, 50, "
            f"... numbers, got {count}",
            hint="four points, the first moved: --points 0.2 0.1 0 0 0 0 0 0",
        )
    if rows > MOST_ROWS:
        raise UsageError(
            f"{option}: expected at most {MOST_ROWS} x {MOST_ROWS} control points, got "
            f"{rows} x {rows}"
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
        f"{option}: {name} takes {count:,} number{'s' * (count != 1)}{names}; "
        f"got {len(numbers):,}{values}",
        hint=identity,
    )
