"""Text in figures. Names of runs, classes and files may contain any characters.

All text of a figure is written by the functions of this module. No text is read as math.
"""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stnctl.config.messages import shorten, visible

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.text import Text

MAX_COLUMNS, MAX_LINES = 120, 10
"""Maximum number of characters in a line, and of lines in a text."""

MAX_NAME = 18
"""Maximum number of characters of the name of a value at an axis."""


def drawable(text: str, max_lines: int = MAX_LINES) -> str:
    """Return text without control characters and surrogates: they become escapes.

    A line of more than `MAX_COLUMNS` characters is wrapped. Of a text of more than ``max_lines``
    lines, only the first ones are kept, and "..." marks the end. A drawable text is not changed.

    Args:
        text: One or more lines.
        max_lines: Maximum number of lines of the result.
    """
    limit = (MAX_COLUMNS + 1) * max_lines  # with the line breaks
    lines = [part for line in text[:limit].split("\n") for part in _wrap(line)]
    if len(lines) > max_lines or len(text) > limit:
        lines = [*lines[: max_lines - 1], "..."]
    return "\n".join(lines)


def _wrap(line: str) -> list[str]:
    line = visible(line)
    return textwrap.wrap(line, MAX_COLUMNS) if len(line) > MAX_COLUMNS else [line]


def write(
    target: "Figure | Axes",
    x: float,
    y: float,
    text: str,
    *,
    max_lines: int = MAX_LINES,
    **style: Any,
) -> "Text":
    """Write text at (x, y) of a figure or of axes.

    Args:
        target: The figure or the axes.
        x: Horizontal position: in a figure from 0 at the left to 1, in axes a value of the axis.
        y: Vertical position: in a figure from 0 at the bottom to 1, in axes a value of the axis.
        text: One or more lines.
        max_lines: Maximum number of lines, see `drawable`.
        **style: Arguments of `matplotlib.text.Text`.

    Returns:
        The text, for `rewrite`.
    """
    return target.text(x, y, drawable(text, max_lines), **style)


def rewrite(written: "Text", text: str) -> None:
    """Replace the words of a text from `write`, in the next frame of an animation."""
    written.set_text(drawable(text))


def set_title(axes: "Axes", text: str, **style: Any) -> None:
    """Set the title of axes; ``style`` are arguments of `matplotlib.text.Text`."""
    axes.set_title(drawable(text), **style)


def set_axis_names(axes: "Axes", *, x: str, y: str) -> None:
    """Set the names of both axes."""
    axes.set_xlabel(drawable(x))
    axes.set_ylabel(drawable(y))


def set_ticks(axis: "Axis", places: Sequence[float], labels: Sequence[str], **style: Any) -> None:
    """Set the ticks of an axis, with their labels.

    Args:
        axis: The axis.
        places: (n,), values of the axis.
        labels: n labels.
        **style: Arguments of `matplotlib.text.Text`.
    """
    axis.set_ticks(places, [drawable(label) for label in labels], **style)


def set_names(
    axis: "Axis", names: Sequence[str], *, max_names: int, max_upright: int, size: float
) -> None:
    """Set the ticks 0, 1, ... of an axis with the names of values, as many as fit.

    Args:
        axis: The axis.
        names: (n,), the names. Long ones are shortened.
        max_names: Maximum number of names; of more names, only some are shown.
        max_upright: Maximum number of characters of all shown names; more characters are slanted.
        size: Size of the letters, in points.
    """
    places = range(0, len(names), 1 + (len(names) - 1) // max_names)
    shown = [shorten(names[place], MAX_NAME) for place in places]
    slanted: dict[str, Any] = {}
    if sum(map(len, shown)) > max_upright:
        slanted = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"}
    set_ticks(axis, places, shown, fontsize=size, **slanted)


def add_legend(
    axes: "Axes", artists: "Sequence[Artist]", labels: Sequence[str], **style: Any
) -> None:
    """Add a legend with a label for each artist, also for labels that begin with ``_``.

    Args:
        axes: The axes.
        artists: (n,), lines or other artists of the axes.
        labels: n labels.
        **style: Arguments of `matplotlib.legend.Legend`.
    """
    legend = axes.legend(artists, [str(number) for number in range(len(labels))], **style)
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set_text(drawable(label))
