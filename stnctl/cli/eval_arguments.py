"""Parsing of the options ``--distortion``, ``--sweep`` and ``--search``."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from stnctl.config.load import parse_config
from stnctl.config.messages import shorten
from stnctl.config.overrides import MAX_LABEL
from stnctl.errors import ConfigError, UsageError, did_you_mean
from stnctl.evaluation.distortion_sweep import QUANTITIES, Sweep, sweep_step
from stnctl.evaluation.file_names import number_text
from stnctl.evaluation.pose_search import PoseSearch
from stnctl.evaluation.robustness import DistortionOverride

MAX_VALUES = 500
"""Maximum number of values of a sweep."""

_FORM = "NAME=LOW:HIGH:STEP, such as rotation=-180:180:15, or NAME=V1,V2,..."
_MAX_DIGITS = 9
"""Maximum number of digits before or after the decimal point."""


def parse_distortion(text: str) -> DistortionOverride:
    """Parse the value of ``--distortion``, which is a value of the key `data.distortion` in YAML.

    Raises:
        ConfigError: If the text is not a valid distortion.
    """
    try:
        config = parse_config("", where="", overrides=[f"data.distortion={text}"])
    except ConfigError as error:
        option = f"--distortion {shorten(text, MAX_LABEL)}"
        raise ConfigError(
            *(replace(problem, origin=option) for problem in error.problems),
            hint="for example --distortion R, or '{set: R, rotation: [-30, 30]}'",
        ) from error
    return DistortionOverride(text, config.data.distortion)


def parse_search(text: str, combination: str) -> PoseSearch:
    """Parse the values of ``--search``, which has the form of ``--sweep``, and of ``--combine``.

    Raises:
        UsageError: As in `parse_sweep`.
    """
    return PoseSearch(text, parse_sweep(text, option="--search"), combination)


def parse_sweep(text: str, option: str = "--sweep") -> Sweep:
    """Parse the value of an option: ``NAME=LOW:HIGH:STEP`` or ``NAME=V1,V2,...``.

    The values are sorted. HIGH is included if HIGH - LOW is a multiple of STEP.

    Args:
        text: The value.
        option: Name of the option, for messages.

    Raises:
        UsageError: If the text has another form, the quantity does not exist, there are too many
            values, or a value is out of range or given twice.
    """
    try:
        return _parse_sweep(text)
    except UsageError as error:
        raise UsageError(f"{option}: {error}", hint=error.hint) from error


def _parse_sweep(text: str) -> Sweep:
    name, equals, values = text.partition("=")
    name = name.strip()
    if not equals:
        raise UsageError(f"expected {_FORM}, got {text!r}")
    if name not in QUANTITIES:
        near = did_you_mean(name, QUANTITIES)
        raise UsageError(f"expected one of {', '.join(QUANTITIES)}, got {name!r}{near}")
    numbers = _range(values) if ":" in values else _list(values)
    sweep = Sweep(name, tuple(sorted(float(number) + 0.0 for number in numbers)))
    _check_unique(sweep.values)
    for value in sweep.values:
        sweep_step(name, value)
    return sweep


def _range(text: str) -> list[Decimal]:
    """Return the numbers of LOW:HIGH:STEP, in exact decimal steps."""
    parts = text.split(":")
    if len(parts) != 3:
        raise UsageError(f"expected {_FORM}, got the values {text!r}")
    low, high, step = map(_number, parts)
    if low > high or step <= 0:
        raise UsageError(f"expected LOW <= HIGH and STEP > 0, got {text}")
    steps = int((high - low) // step)
    _check_count(steps + 1)
    return [low + number * step for number in range(steps + 1)]


def _list(text: str) -> list[Decimal]:
    parts = text.split(",")
    _check_count(len(parts))
    return [_number(part) for part in parts]


def _check_count(count: int) -> None:
    if count > MAX_VALUES:
        raise UsageError(f"expected at most {MAX_VALUES} values, got {count}")


def _check_unique(values: tuple[float, ...]) -> None:
    """Raise if two values, which are sorted, are equal."""
    for before, value in pairwise(values):
        if before == value:
            raise UsageError(f"expected each value once, got {number_text(value)} twice")


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except ArithmeticError:
        number = Decimal("nan")
    if not number.is_finite():
        raise UsageError(f"expected numbers, got {text!r}", hint=f"write {_FORM}")
    if abs(number.adjusted()) > _MAX_DIGITS:
        raise UsageError(
            f"expected numbers of at most {_MAX_DIGITS} digits before and after the "
            f"point, got {text!r}"
        )
    return number
