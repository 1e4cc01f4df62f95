"""Options that give theta: either its parameters, or a motion of the image."""

from dataclasses import dataclass

from stnctl.errors import UsageError
from stnctl.geometry.registries import TRANSFORMS
from stnctl.warping.from_motion import MotionSpec, parse_motion
from stnctl.warping.from_parameters import NAMES_SHOWN, SPLINE, ParameterSpec, matrix_numbers
from stnctl.warping.numbers import format_numbers, parse_numbers

_TWO_WAYS = "--theta 1 0 0 0 1 0 is the identity, --rotate 30 rotates the image"


@dataclass(frozen=True)
class ThetaOptions:
    """Values of the command-line options that give theta, as typed.

    The options theta, transform, points, frame and inverse give the parameters of theta; rotate,
    scale, shear and shift give a motion. An option that is not given is None or False.
    """

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
    def parameter_options(self) -> list[str]:
        """Names of the given options for parameters of theta, such as --theta."""
        return self._given("theta", "transform", "points", "frame", "inverse")

    @property
    def motion_options(self) -> list[str]:
        """Names of the given options for a motion, such as --rotate."""
        return self._given("rotate", "scale", "shear", "shift")

    def _given(self, *names: str) -> list[str]:
        return [f"--{name}" for name in names if _is_given(getattr(self, name))]


def _is_given(value: object) -> bool:
    return value is not None and value is not False  # 0.0 is given


def parse_theta(options: ThetaOptions) -> ParameterSpec | MotionSpec:
    """Return the parameters or the motion that the options give.

    Raises:
        UsageError: If no theta is given, a value has the wrong form, or two options contradict
            each other.
    """
    motion, parameters = options.motion_options, options.parameter_options
    if motion and parameters:
        raise UsageError(
            f"{motion[0]} gives a motion of the image, and {parameters[0]} gives theta",
            hint="use one of the two",
        )
    if motion:
        return parse_motion(
            rotate=options.rotate, scale=options.scale, shear=options.shear, shift=options.shift
        )
    name, option, numbers = _parameters(options)
    return ParameterSpec(option, name, numbers, options.frame == "pixel", options.inverse)


def _parameters(options: ThetaOptions) -> tuple[str, str, tuple[float, ...]]:
    """Return the family, the option with the parameters, and the parameters."""
    if options.points is not None:
        if options.theta is not None or options.transform not in (None, SPLINE):
            other = "--theta" if options.theta is not None else f"--transform {options.transform}"
            raise UsageError(
                f"--points is for {SPLINE}, got {other} too", hint="use one of the two"
            )
        return SPLINE, "--points", parse_numbers("--points", options.points)
    if options.theta is None:
        raise _no_theta(options.transform)
    if options.transform is None:
        name, numbers = matrix_numbers("--theta", options.theta)
        return name, "--theta", numbers
    return options.transform, "--theta", parse_numbers("--theta", options.theta)


def _no_theta(transform: str | None) -> UsageError:
    if transform is None:
        return UsageError(
            "no theta: expected --theta, --points, or --rotate, --scale, --shear, --shift",
            hint=_TWO_WAYS,
        )
    family = TRANSFORMS[transform]
    few = family.num_params <= NAMES_SHOWN
    names = f" with {' '.join(family.parameters)}" if few else ""
    return UsageError(
        f"--transform {transform}: expected --theta{names}, got none",
        hint=f"the identity: --theta {format_numbers(family.identity())}" if few else None,
    )
