"""Options of the sampler: interpolation and padding."""

import re
from dataclasses import dataclass
from typing import Any

from stnctl.data.image_files.alpha import OPACITY_MODES
from stnctl.data.image_files.image_io import CHANNELS, MAX_SIDE
from stnctl.errors import UsageError
from stnctl.geometry.frames import Size
from stnctl.warping.numbers import parse_numbers, parse_pair, quote

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_FILLS = "one number from 0 to 1, one for each channel, or a color as #rrggbb"


@dataclass(frozen=True)
class SamplingOptions:
    """Options of the sampler.

    Attributes:
        interpolation: A key of `INTERPOLATIONS`.
        padding: A key of `PADDINGS`.
        fill: Values outside U, in [0, 1], as given; () unless padding is "value".
        is_color: Whether `fill` is red, green and blue.
        align_corners: As in `stnctl.geometry.grid`.
    """

    interpolation: str = "bilinear"
    padding: str = "zeros"
    fill: tuple[float, ...] = ()
    is_color: bool = False
    align_corners: bool = True

    def fill_values(self, mode: str) -> tuple[float, ...]:
        """Return the fill value of each channel of an image. The opacity is 1 by default.

        Args:
            mode: A key of `CHANNELS`.

        Raises:
            UsageError: If the number of values does not match the channels.
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
            channels = f"{colors} channel{'s' * (colors > 1)}{' and opacity' * opacity}"
            given = "a color" if self.is_color else f"{len(values)} numbers"
            raise UsageError(f"--fill: the image has {channels} ({mode}), got {given}")
        return values

    def facts(self, mode: str) -> dict[str, Any]:
        """Return the options as a dict for the report, with the fill value of each channel.

        Args:
            mode: A key of `CHANNELS`.

        Raises:
            UsageError: As in `fill_values`.
        """
        fill = {"fill": list(self.fill_values(mode))} if self.padding == "value" else {}
        return {
            "interpolation": self.interpolation,
            "padding": self.padding,
            **fill,
            "align_corners": self.align_corners,
        }


def parse_sampling(
    *,
    interpolation: str | None = None,
    antialias: bool = False,
    padding: str | None = None,
    fill: str | None = None,
    align_corners: bool = True,
) -> SamplingOptions:
    """Return the options of the sampler from command-line values; None means the default.

    Raises:
        UsageError: If two options contradict each other, or the fill has the wrong form.
    """
    if antialias and interpolation not in (None, "area"):
        raise UsageError(
            f"--antialias is --interpolation area, got --interpolation {interpolation} too",
            hint="use one of the two",
        )
    if fill is not None and padding not in (None, "value"):
        raise UsageError(
            f"--fill is for --padding value, got --padding {padding} too",
            hint="use one of the two",
        )
    if fill is None and padding == "value":
        raise UsageError(
            "--padding value: expected --fill, got none", hint=f"add --fill with {_FILLS}"
        )
    values, is_color = _fill(fill)
    return SamplingOptions(
        interpolation="area" if antialias else interpolation or "bilinear",
        padding="value" if fill is not None else padding or "zeros",
        fill=values,
        is_color=is_color,
        align_corners=align_corners,
    )


def _fill(text: str | None) -> tuple[tuple[float, ...], bool]:
    """Return the values in ``text``, and whether they are a color as #rrggbb."""
    if text is None:
        return (), False
    if _HEX.fullmatch(text):
        return tuple(value / 255 for value in bytes.fromhex(text[1:])), True
    error = UsageError(f"--fill: expected {_FILLS}, got {quote(text)}")
    try:
        numbers = parse_numbers("--fill", text)
    except UsageError:
        raise error from None
    if not numbers or not all(0 <= number <= 1 for number in numbers):
        raise error
    return numbers, False


def parse_size(text: str, max_pixels: int) -> Size:
    """Return (H', W') of --output-size.

    Args:
        text: Value of the option.
        max_pixels: Largest number of pixels of V.

    Raises:
        UsageError: If ``text`` is not two whole numbers, or V would be empty or too large.
    """
    height, width = parse_pair("--output-size", "H W", text)
    fits = max(height, width) <= MAX_SIDE and height * width <= max_pixels
    if fits and min(height, width) >= 1 and height.is_integer() and width.is_integer():
        return int(height), int(width)
    too_many = min(height, width) >= 1 and max(height, width) <= MAX_SIDE and not fits
    raise UsageError(
        f"--output-size: expected two whole numbers from 1 to {MAX_SIDE:,}, and at most "
        f"{max_pixels:,} pixels, got {quote(text)}",
        hint=f"for so large a V, add --max-pixels {int(height * width)}" if too_many else None,
    )
