"""matplotlib without a display or global state."""

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 150


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty white figure of ``width`` x ``height`` inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, facecolor="white")


def png(figure: "Figure") -> bytes:
    """Return the figure as the bytes of a PNG file, cut to what is drawn or grown to hold it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight", pad_inches=0.15)
    return buffer.getvalue()
