"""theta by hand, as with the article's sliders: what the picture shall do, about the center.

Convention:
    The picture is scaled, sheared, turned and moved, in this order, in pixels from the center of
    U: so a turn keeps the shape of what is on a wide image. Degrees are counterclockwise as seen.
    theta is the inverse, normalized.
"""

import math
from dataclasses import dataclass

import numpy as np

from stnctl.errors import UsageError
from stnctl.geometry.frames import centers_to_normalized
from stnctl.geometry.transforms import Affine
from stnctl.warping.numbers import (
    LARGEST,
    parse_finite,
    parse_number,
    parse_numbers,
    parse_pair,
    two_words,
)
from stnctl.warping.theta_path import MapSizes, ThetaPath

_ASIDE = 1e-6
"""How far to go on along the way where a mirror image passes through a picture without area."""


@dataclass(frozen=True)
class Length:
    """A length along an axis.

    Attributes:
        number: How much.
        in_pixels: Whether of pixels of U, or else of its whole width or height.
    """

    number: float = 0.0
    in_pixels: bool = False

    def pixels(self, side: int) -> float:
        """Return it in pixels, for an axis of ``side`` pixels."""
        return self.number if self.in_pixels else self.number * side


@dataclass(frozen=True)
class MotionSpec:
    """What the picture shall do.

    Attributes:
        rotate: Degrees counterclockwise.
        scale: Along x and y; above 1 it grows, a negative number mirrors it.
        shear: kx, by which x grows with y, and ky, by which y grows with x.
        shift: To the right, and down.
    """

    rotate: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    shear: tuple[float, float] = (0.0, 0.0)
    shift: tuple[Length, Length] = (Length(), Length())

    def __post_init__(self) -> None:
        """Refuse what leaves no picture."""
        if 0 in self.scale:
            raise UsageError("--scale: expected numbers other than 0, got 0")
        if self.shear[0] * self.shear[1] == 1:
            raise UsageError(
                f"--shear: KX times KY must not be 1, which leaves a line of the picture, "
                f"got {self.shear[0]:g} {self.shear[1]:g}"
            )
        if np.linalg.det(self._linear(1.0)) == 0:
            raise UsageError(
                "--scale, --shear: such a picture has no area, but for rounding; got a scale of "
                f"{self.scale[0]:g} {self.scale[1]:g} and a shear of "
                f"{self.shear[0]:g} {self.shear[1]:g}"
            )

    def goal(self, maps: MapSizes) -> ThetaPath:
        """Return the affine theta for maps of these sizes, and the way there by the same sliders.

        Raises:
            UsageError: If theta is beyond all bounds.
        """
        goal = ThetaPath("affine", Affine(), lambda share: self._theta(share, maps))
        with np.errstate(all="ignore"):  # what overflows is refused
            theta = goal.theta
        if not (np.abs(theta) <= LARGEST).all():  # so NaN too
            raise UsageError(f"such a picture needs a theta beyond ±{LARGEST:g}")
        return goal

    def notes(self, maps: MapSizes) -> list[str]:
        """Return where the picture can't be moved as was said."""
        height, width = maps.input_size
        moved = zip("xy", (width, height), self.shift, strict=True)
        return [
            f"U has one pixel along {axis}: with --align-corners, where -1 and 1 are both its "
            "center, nothing moves there; --no-align-corners lets it"
            for axis, side, length in moved
            if maps.align_corners and side == 1 and length.number
        ]

    def _theta(self, share: float, maps: MapSizes) -> np.ndarray:
        """Return theta (6,) with all sliders moved that share of their way."""
        linear = self._linear(share)
        if share < 1 and np.linalg.det(linear) == 0:
            linear = self._linear(share + _ASIDE)
        height, width = maps.input_size
        sides = zip(self.shift, (width, height), strict=True)
        picture = np.eye(3)
        picture[:2, :2] = linear
        picture[:2, 2] = [share * length.pixels(side) for length, side in sides]
        sizes = maps.input_size, maps.input_size
        matrix = centers_to_normalized(
            np.linalg.inv(picture), *sizes, align_corners=maps.align_corners
        )
        return matrix[:2].ravel() + 0.0  # no -0

    def _linear(self, share: float) -> np.ndarray:
        """Return the matrix (2, 2) from a point of the picture to where it goes."""
        turn = math.radians(share * self.rotate)
        cos, sin = (round(value, 15) for value in (math.cos(turn), math.sin(turn)))
        kx, ky = (share * number for number in self.shear)
        rotate, shear = np.array([[cos, sin], [-sin, cos]]), np.array([[1.0, kx], [ky, 1.0]])
        return rotate @ shear @ np.diag([1 - share + share * number for number in self.scale])


def parse_motion(
    rotate: float | None,
    scale: str | None,
    shear: str | None,
    shift: str | None,
) -> MotionSpec:
    """Return what the options say, each absent one as no change.

    Raises:
        UsageError: If one of them says no such thing.
    """
    parse_finite("--rotate", rotate or 0.0)
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
    x, y = two_words("--shift", "TX TY", text)
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
