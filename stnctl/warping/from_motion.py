"""Theta from a motion of the image about its center: rotation, scale, shear and shift.

Convention:
    The image is scaled, sheared, rotated and shifted, in this order, in pixels from the center of
    U. So a rotation keeps shapes, even if the image is not square. A rotation is in degrees,
    positive counterclockwise as seen; a positive shear along x moves the top to the right. Both
    have the sign of the rotation and the shear in theta, which is the inverse of the motion,
    normalized. `stnctl.data.distortions.step_rules` has the same signs.
"""

import math
from dataclasses import dataclass

import numpy as np

from stnctl.errors import UsageError
from stnctl.geometry.frames import centers_to_normalized
from stnctl.geometry.transforms.affine import Affine
from stnctl.warping.numbers import (
    LARGEST,
    check_finite,
    parse_number,
    parse_numbers,
    parse_pair,
    split_pair,
)
from stnctl.warping.theta_path import MapSizes, ThetaPath

_PAST_SINGULAR = 1e-6
"""Step past a singular matrix, as a share of the motion. A mirroring animation crosses one."""


@dataclass(frozen=True)
class Length:
    """A length along an axis of the image.

    Attributes:
        number: The length.
        in_pixels: Whether the unit is a pixel of U (True), or the width or height of U (False).
    """

    number: float = 0.0
    in_pixels: bool = False

    def pixels(self, side: int) -> float:
        """Return the length in pixels, along an axis of ``side`` pixels."""
        return self.number if self.in_pixels else self.number * side


@dataclass(frozen=True)
class MotionSpec:
    """A motion of the image.

    Attributes:
        rotate: Rotation in degrees, counterclockwise.
        scale: (x, y) factors. A factor above 1 enlarges the image, a negative factor mirrors it.
        shear: (kx, ky). kx·y is subtracted from x, and ky·x from y.
        shift: (to the right, down).
    """

    rotate: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    shear: tuple[float, float] = (0.0, 0.0)
    shift: tuple[Length, Length] = (Length(), Length())

    def __post_init__(self) -> None:
        """Reject a motion without inverse, which maps the image to a line or a point."""
        if 0 in self.scale:
            raise UsageError("--scale: expected numbers other than 0, got 0")
        if self.shear[0] * self.shear[1] == 1:
            raise UsageError(
                f"--shear: expected KX times KY other than 1, which leaves a line of the image, "
                f"got {self.shear[0]:g} {self.shear[1]:g}"
            )
        if np.linalg.det(self._linear(1.0)) == 0:
            raise UsageError(
                "--scale, --shear: expected an image with an area; it rounds to 0 with a scale of "
                f"{self.scale[0]:g} {self.scale[1]:g} and a shear of "
                f"{self.shear[0]:g} {self.shear[1]:g}"
            )

    def theta_path(self, maps: MapSizes) -> ThetaPath:
        """Return the affine theta for maps of these sizes, with a path to it from the identity.

        On the path, each part of the motion grows evenly.

        Raises:
            UsageError: If a number of theta is beyond ±`LARGEST`.
        """
        with np.errstate(all="ignore"):  # an overflow is rejected below
            theta = self.theta(1.0, maps)
        if not (np.abs(theta) <= LARGEST).all():  # rejects NaN too
            raise UsageError(
                f"--scale, --shear, --shift: expected a theta within ±{LARGEST:g}, got a larger one"
            )
        return _MotionPath("affine", Affine(), theta, self, maps)

    def notes(self, maps: MapSizes) -> list[str]:
        """Return no notes: a motion has the same effect on maps of all sizes."""
        return []

    def theta(self, share: float, maps: MapSizes) -> np.ndarray:
        """Return the affine theta, (6,), at a share in [0, 1] of the motion; see `ThetaPath.at`."""
        linear = self._linear(share)
        if share < 1 and np.linalg.det(linear) == 0:
            linear = self._linear(share + _PAST_SINGULAR)
        height, width = maps.input_size
        shifts = zip(self.shift, (width, height), strict=True)
        motion = np.eye(3)
        motion[:2, :2] = linear
        motion[:2, 2] = [share * length.pixels(side) for length, side in shifts]
        sizes = maps.input_size, maps.input_size
        matrix = centers_to_normalized(
            np.linalg.inv(motion), *sizes, align_corners=maps.align_corners
        )
        theta: np.ndarray = matrix[:2].ravel() + 0.0  # no -0
        return theta

    def _linear(self, share: float) -> np.ndarray:
        """Return the linear part of a share of the motion, (2, 2), from U to V."""
        angle = math.radians(share * self.rotate)
        cos, sin = (round(value, 15) for value in (math.cos(angle), math.sin(angle)))
        kx, ky = (share * number for number in self.shear)
        rotate, shear = np.array([[cos, sin], [-sin, cos]]), np.array([[1.0, -kx], [-ky, 1.0]])
        scale = np.diag([1 - share + share * number for number in self.scale])
        linear: np.ndarray = rotate @ shear @ scale
        return linear


@dataclass(frozen=True, eq=False)
class _MotionPath(ThetaPath):
    """The path on which each part of a motion grows evenly."""

    motion: MotionSpec
    maps: MapSizes

    def at(self, share: float) -> np.ndarray:
        """Return theta, (6,), at a share of the motion: 0 is the identity, 1 the whole motion."""
        return self.motion.theta(share, self.maps)


def parse_motion(
    *,
    rotate: float | None = None,
    scale: str | None = None,
    shear: str | None = None,
    shift: str | None = None,
) -> MotionSpec:
    """Return the motion of --rotate, --scale, --shear and --shift; None means no change.

    Raises:
        UsageError: If a value has the wrong form or is too large, or the motion has no inverse.
    """
    check_finite("--rotate", rotate or 0.0)
    return MotionSpec(
        rotate=rotate or 0.0,
        scale=(1.0, 1.0) if scale is None else _scales(scale),
        shear=(0.0, 0.0) if shear is None else parse_pair("--shear", "KX KY", shear),
        shift=(Length(), Length()) if shift is None else _lengths(shift),
    )


def _scales(text: str) -> tuple[float, float]:
    numbers = parse_numbers("--scale", text)
    if len(numbers) not in (1, 2):
        raise UsageError(
            f"--scale: expected one number, or two for x and y, got {len(numbers)}: {text!r}"
        )
    return numbers[0], numbers[-1]


def _lengths(text: str) -> tuple[Length, Length]:
    x, y = split_pair("--shift", "TX TY", text)
    return _length(x), _length(y)


def _length(word: str) -> Length:
    in_pixels = word.endswith("px")
    try:
        number = parse_number(word.removesuffix("px"))
    except ValueError:
        number = math.nan
    if not abs(number) <= LARGEST:
        raise UsageError(
            f"--shift: expected TX TY as fractions of the width and height, or in pixels, "
            f"got {word!r}",
            hint="--shift 0.1 0, or --shift 12px -3px",
        )
    return Length(number, in_pixels)
