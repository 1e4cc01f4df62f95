"""Which theta is meant: one of two ways to say it, and what doesn't go together."""

from dataclasses import dataclass

from stnctl.errors import UsageError
from stnctl.geometry import TRANSFORMS
from stnctl.warping.from_motion import MotionSpec, parse_motion
from stnctl.warping.from_parameters import NAMES_SHOWN, SPLINE, ParameterSpec, matrix_numbers
from stnctl.warping.numbers import format_numbers, parse_numbers

_HOW = "--theta 1 0 0 0 1 0 is the identity, --rotate 30 turns the picture"


@dataclass(frozen=True)
class ThetaOptions:
    """What the command line says of theta; None where it says nothing."""

    theta: str | None = None
    transform: str | None = None
    points: str | None = None
    frame: str | None = None
    inverse: bool = False
    rotate: float | None = None
    scale: str | None = None
    shear: str | None = None
    shift: str | None = None

    @property
    def by_numbers(self) -> list[str]:
        """The options given that say theta by numbers."""
        return self._given("theta", "transform", "points", "frame", "inverse")

    @property
    def by_hand(self) -> list[str]:
        """The options given that say theta by hand."""
        return self._given("rotate", "scale", "shear", "shift")

    def _given(self, *names: str) -> list[str]:
        return [f"--{name}" for name in names if not _is_absent(getattr(self, name))]


def _is_absent(value: object) -> bool:
    return value is None or value is False


def parse_theta(said: ThetaOptions) -> ParameterSpec | MotionSpec:
    """Return what was said.

    Raises:
        UsageError: If nothing was said, or what doesn't go together.
    """
    if said.by_hand and said.by_numbers:
        raise UsageError(
            f"{said.by_hand[0]} says what the picture does, and {said.by_numbers[0]} what theta is",
            hint="give one of the two",
        )
    if said.by_hand:
        return parse_motion(said.rotate, said.scale, said.shear, said.shift)
    name, option, numbers = _numbers(said)
    return ParameterSpec(option, name, numbers, said.frame == "pixel", said.inverse)


def _numbers(said: ThetaOptions) -> tuple[str, str, tuple[float, ...]]:
    """Return the family, the option, and its numbers."""
    if said.points is not None:
        if said.theta is not None or said.transform not in (None, SPLINE):
            other = "--theta" if said.theta is not None else f"--transform {said.transform}"
            raise UsageError(
                f"--points are those of a {SPLINE}, got {other} too", hint="give one of the two"
            )
        return SPLINE, "--points", parse_numbers("--points", said.points)
    if said.theta is None:
        raise _no_theta(said.transform)
    if said.transform is None:
        name, numbers = matrix_numbers("--theta", said.theta)
        return name, "--theta", numbers
    return said.transform, "--theta", parse_numbers("--theta", said.theta)


def _no_theta(transform: str | None) -> UsageError:
    if transform is None:
        return UsageError(
            "no theta: expected --theta, --points, or --rotate, --scale, --shear, --shift",
            hint=_HOW,
        )
    family = TRANSFORMS[transform]
    few = family.num_params <= NAMES_SHOWN
    return UsageError(
        f"--transform {transform}: no --theta{few * (': ' + ' '.join(family.parameters))}",
        hint=f"the identity: --theta {format_numbers(family.identity())}" if few else None,
    )
