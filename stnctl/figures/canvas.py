"""matplotlib figures, without a display or global state."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stnctl.figures.isolation import default_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 150


@contextmanager
def new_figure(width: float, height: float) -> Iterator["Figure"]:
    """Provide an empty white figure of ``width`` x ``height`` inches, to draw in the block."""
    with default_style():
        from matplotlib.figure import Figure

        yield Figure(figsize=(width, height), dpi=DOTS_PER_INCH, facecolor="white")


def png(figure: "Figure", *, crop: bool = True) -> bytes:
    """Return the figure as a PNG file.

    A character that is missing from the font is drawn as a box.

    Args:
        figure: The figure.
        crop: Whether the file is cropped to the content of the figure, which takes twice the time.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(buffer, format="png", bbox_inches="tight" if crop else None, pad_inches=0.15)
    return buffer.getvalue()
