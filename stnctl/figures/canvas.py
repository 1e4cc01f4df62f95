"""matplotlib figures, without a display or global state."""

import io
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 150


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty white figure of ``width`` x ``height`` inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, facecolor="white")


def write(figure: "Figure", x: float, y: float, text: str, **style: Any) -> None:
    """Write plain text at (x, y) of the figure. Surrogate characters become question marks.

    Args:
        figure: The figure.
        x: Horizontal position, from 0 at the left to 1.
        y: Vertical position, from 0 at the bottom to 1.
        text: One or more lines. It is not read as math: a file name may contain $.
        **style: Arguments of `matplotlib.text.Text`.
    """
    plain = text.encode("utf-8", "replace").decode("utf-8")
    figure.text(x, y, plain, parse_math=False, **style)


def png(figure: "Figure") -> bytes:
    """Return the figure as a PNG file, cropped to its content.

    A character that is missing from the font is drawn as a box.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(buffer, format="png", bbox_inches="tight", pad_inches=0.15)
    return buffer.getvalue()
