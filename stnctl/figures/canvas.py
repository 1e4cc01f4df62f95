"""matplotlib figures, without a display or global state."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stnctl.figures.isolation import default_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 150

PADDING = 0.15
"""Margin around the content of a cropped file, in inches."""

INK, GRID = "#1f2328", "#e0e0e0"
"""Colors of text and of grid lines, which `svg` replaces by those of the page."""

FIGURE_SUFFIXES = {".png": "", ".pdf": "CreationDate", ".svg": "Date"}
"""Suffix of a figure -> matplotlib's name of the date in its metadata."""

_PAGE_STYLE = {
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
    "axes.edgecolor": GRID,
    "grid.color": GRID,
    "legend.frameon": False,
    "font.size": 9,
    "svg.fonttype": "none",
}


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
        crop: Whether the file is cropped to the content of the figure.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    renderer = FigureCanvasAgg(figure).get_renderer()
    # "tight" would give the same box, but draw the figure a second time to find it
    box = figure.get_tightbbox(renderer).padded(PADDING) if crop else None
    figure.savefig(buffer, format="png", bbox_inches=box)
    return buffer.getvalue()


def figure_file(figure: "Figure", suffix: str) -> bytes:
    """Return the figure as a file. The same figure gives the same bytes.

    Args:
        figure: The figure.
        suffix: A key of `FIGURE_SUFFIXES`. In a vector graphic, texts stay texts.
    """
    if suffix == ".png":
        return png(figure)
    import matplotlib as mpl

    mpl.rcParams.update({"svg.hashsalt": "stnctl", "svg.fonttype": "none", "pdf.fonttype": 42})
    buffer = io.BytesIO()
    figure.savefig(
        buffer,
        format=suffix.removeprefix("."),
        bbox_inches="tight",
        pad_inches=PADDING,
        metadata={FIGURE_SUFFIXES[suffix]: None},
    )
    return buffer.getvalue()


@contextmanager
def page_figure(width: float, height: float) -> Iterator["Figure"]:
    """Provide an empty figure of ``width`` x ``height`` inches for `svg`, to draw in the block."""
    with new_figure(width, height) as figure:
        import matplotlib as mpl

        mpl.rcParams.update(_PAGE_STYLE)
        yield figure


def svg(figure: "Figure", prefix: str) -> str:
    """Return a figure of `page_figure` as an ``<svg>`` element for an HTML page.

    Text stays text, in the font of the page. The colors `INK` and `GRID` become ``currentColor``
    and ``var(--grid)``, so that the page can be light or dark. The same figure gives the same text.

    Args:
        figure: The figure.
        prefix: Start of all ids in the element, to distinguish the figures of a page.
    """
    import matplotlib as mpl

    mpl.rcParams["svg.hashsalt"] = prefix
    buffer = io.StringIO()
    metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(
        buffer,
        format="svg",
        bbox_inches="tight",
        pad_inches=0.05,
        transparent=True,
        metadata=metadata,
    )
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'((?:xlink:)?href="#|url\(#)', rf"\g<1>{prefix}-", text)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    return text.replace(INK, "currentColor").replace(GRID, "var(--grid)")
