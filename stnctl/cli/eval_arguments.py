"""What a person writes after ``--distortion`` and ``--sweep``."""

import re
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise

from stnctl.config.distortion_sets import Distortion
from stnctl.config.load import parse_config
from stnctl.errors import ConfigError, UsageError, did_you_mean
from stnctl.evaluation.distortion_sweep import QUANTITIES, sweep_step

MOST = 500
"""The most values of a sweep."""

_FORM = "NAME=LOW:HIGH:STEP, such as rotation=-180:180:15, or NAME=V1,V2,..."
_LONGEST_SLUG = 80
_MOST_DIGITS = 9
"""Before or after the point."""


@dataclass(frozen=True)
class Sweep:
    """What is swept.

    Attributes:
        name: A key of `QUANTITIES`.
        values: Increasing, in its unit.
    """

    name: str
    values: tuple[float, ...]

    @property
    def unit(self) -> str:
        """The unit of the values."""
        return QUANTITIES[self.name].unit


@dataclass(frozen=True)
class DistortionOverride:
    """Another distortion than that of the run.

    Attributes:
        text: As a person wrote it.
        distortion: What it means.
    """

    text: str
    distortion: Distortion

    @property
    def slug(self) -> str:
        """The text for a file's name: letters, digits, dots and signs, joined by _."""
        words = re.sub(r"[^A-Za-z0-9.+-]+", "_", self.text).strip("_") or "none"
        if len(words) <= _LONGEST_SLUG:
            return words
        return f"{words[:_LONGEST_SLUG]}-{sha256(words.encode()).hexdigest()[:8]}"


def parse_distortion(text: str) -> DistortionOverride:
    """Return the distortion that a text says, as the value of `data.distortion` would.

    Raises:
        ConfigError: If it says none.
    """
    try:
        config = parse_config("", where="", overrides=[f"data.distortion={text}"])
    except ConfigError as error:
        problems = str(error).replace("--set data.distortion=", "--distortion ")
        raise ConfigError(
            problems, hint="for example --distortion R, or '{set: R, rotation: [-30, 30]}'"
        ) from error
    return DistortionOverride(text, config.data.distortion)


def parse_sweep(text: str) -> Sweep:
    """Return the sweep of ``NAME=LOW:HIGH:STEP`` or ``NAME=V1,V2,...``.

    Both ends of a range are in it if the steps hit them. Values are sorted.

    Raises:
        UsageError: If there is no such quantity, or a value of it is not possible, or is there
            twice.
    """
    name, equals, values = text.partition("=")
    name = name.strip()
    if not equals:
        raise UsageError(f"--sweep: expected {_FORM}, got {text!r}")
    if name not in QUANTITIES:
        near = did_you_mean(name, QUANTITIES)
        raise UsageError(f"--sweep: expected one of {', '.join(QUANTITIES)}, got {name!r}{near}")
    numbers = _range(values) if ":" in values else _list(values)
    sweep = Sweep(name, tuple(sorted(float(number) + 0.0 for number in numbers)))
    _refuse_twice(sweep.values)
    try:
        for value in sweep.values:
            sweep_step(name, value)
    except UsageError as error:
        raise UsageError(f"--sweep {error}") from error
    return sweep


def _range(text: str) -> list[Decimal]:
    """Return the numbers of LOW:HIGH:STEP, counted exactly, so that an end is hit if it can be."""
    parts = text.split(":")
    if len(parts) != 3:
        raise UsageError(f"--sweep: expected {_FORM}, got the values {text!r}")
    low, high, step = map(_number, parts)
    if low > high or step <= 0:
        raise UsageError(f"--sweep: expected LOW <= HIGH and STEP > 0, got {text}")
    steps = int((high - low) // step)
    _refuse_many(steps + 1)
    return [low + number * step for number in range(steps + 1)]


def _list(text: str) -> list[Decimal]:
    parts = text.split(",")
    _refuse_many(len(parts))
    return [_number(part) for part in parts]


def _refuse_many(count: int) -> None:
    if count > MOST:
        raise UsageError(f"--sweep: expected at most {MOST} values, got {count}")


def _refuse_twice(values: tuple[float, ...]) -> None:
    """Refuse a value that is the same as the one before it, of sorted ones."""
    for before, value in pairwise(values):
        if before == value:
            raise UsageError(f"--sweep: expected each value once, got {value:g} twice")


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except ArithmeticError:
        number = Decimal("nan")
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise UsageError(f"--sweep: expected numbers, got {text!r}", hint=f"write {_FORM}")
    return number
