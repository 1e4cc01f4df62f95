"""The size of V."""

from stnctl.cli.warping.goal import Size
from stnctl.cli.warping.numbers import parse_pair, shown
from stnctl.data.images import max_side
from stnctl.errors import UsageError


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
        f"{max_pixels:,} pixels, got {shown(text)}",
        hint=None if fits or min(height, width) < 1 else "raise --max-pixels if it is meant so",
    )
