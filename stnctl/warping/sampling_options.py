"""How V is read from U: interpolation, and what lies outside."""

import re
from dataclasses import dataclass
from typing import Any

from stnctl.data.image_files.alpha import OPACITY_MODES
from stnctl.data.image_files.image_io import CHANNELS, max_side
from stnctl.errors import UsageError
from stnctl.geometry.frames import Size
from stnctl.warping.numbers import parse_numbers, parse_pair, quote

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_FILLS = "one number from 0 to 1, one for each channel, or a color as #rrggbb"


@dataclass(frozen=True)
class SamplingOptions:
    """What the sampler is told.

    Attributes:
        interpolation: A key of `INTERPOLATIONS`.
        padding: A key of `PADDINGS`.
        fill: What was typed for the outside: numbers in [0, 1]; () unless padding is "value".
        is_color: Whether these are red, green and blue.
        align_corners: As in `stnctl.geometry.grid`.
    """

    interpolation: str = "bilinear"
    padding: str = "zeros"
    fill: tuple[float, ...] = ()
    is_color: bool = False
    align_corners: bool = True

    def fill_values(self, mode: str) -> tuple[float, ...]:
        """Return the fill as one number for each channel of an image; opaque if not said.

        Args:
            mode: A key of `CHANNELS`.

        Raises:
            UsageError: If the count of numbers doesn't fit.
        """
        opacity = mode in OPACITY_MODES
        colors = CHANNELS[mode] - opacity
        values = self.fill
        if self.is_color and colors == 1 and len(set(values)) == 1:
            values = values[:1]
        if len(values) == 1:
            values = values * colors
        if opacity and len(values) == colors:
            values = (*values, 1.0)
        if len(values) != CHANNELS[mode]:
            kind = f"{colors} channel{'s' * (colors > 1)}{' and opacity' * opacity}"
            came = "a color" if self.is_color else f"{len(values)} numbers"
            raise UsageError(f"--fill: the image has {kind} ({mode}), got {came}")
        return values

    def words(self, mode: str) -> dict[str, Any]:
        """Return what a report says of it."""
        fill = {"fill": list(self.fill_values(mode))} if self.padding == "value" else {}
        return {
            "interpolation": self.interpolation,
            "padding": self.padding,
            **fill,
            "align_corners": self.align_corners,
        }


def parse_sampling(
    interpolation: str | None,
    antialias: bool,
    padding: str | None,
    fill: str | None,
    align_corners: bool,
) -> SamplingOptions:
    """Return what the options say.

    Raises:
        UsageError: If two of them contradict each other, or the fill is none.
    """
    if antialias and interpolation not in (None, "area"):
        raise UsageError(
            f"--antialias is --interpolation area, got --interpolation {interpolation} too",
            hint="give one of the two",
        )
    if fill is not None and padding not in (None, "value"):
        raise UsageError(
            f"--fill is for --padding value, got --padding {padding} too",
            hint="give one of the two",
        )
    if fill is None and padding == "value":
        raise UsageError("--padding value: no value given", hint=f"add --fill with {_FILLS}")
    values, is_color = _fill(fill)
    return SamplingOptions(
        interpolation="area" if antialias else interpolation or "bilinear",
        padding="value" if fill is not None else padding or "zeros",
        fill=values,
        is_color=is_color,
        align_corners=align_corners,
    )


def _fill(text: str | None) -> tuple[tuple[float, ...], bool]:
    """Return the numbers, and whether they are a color."""
    if text is None:
        return (), False
    if _HEX.fullmatch(text):
        return tuple(value / 255 for value in bytes.fromhex(text[1:])), True
    refused = UsageError(f"--fill: expected {_FILLS}, got {quote(text)}")
    try:
        numbers = parse_numbers("--fill", text)
    except UsageError:
        raise refused from None
    if not numbers or not all(0 <= number <= 1 for number in numbers):
        raise refused
    return numbers, False


def parse_size(text: str, max_pixels: int) -> Size:
    """Return (H', W').

    Args:
        text: What was given.
        max_pixels: The most pixels.

    Raises:
        UsageError: If these are not two whole numbers, or V would be empty or too large.
    """
    height, width = parse_pair("--output-size", "H W", text)
    longest = max_side(max_pixels)
    fits = max(height, width) <= longest and height * width <= max_pixels
    if fits and min(height, width) >= 1 and height.is_integer() and width.is_integer():
        return int(height), int(width)
    raise UsageError(
        f"--output-size: expected two whole numbers from 1 to {longest:,}, and at most "
        f"{max_pixels:,} pixels, got {quote(text)}",
        hint=None if fits or min(height, width) < 1 else "raise --max-pixels if it is meant so",
    )
