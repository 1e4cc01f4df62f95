"""Vertical axis of errors in %."""

from typing import TYPE_CHECKING

import numpy as np

from stnctl.figures.canvas import GRID

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOG_RATIO = 4
"""Ratio of the largest to the smallest error from which the axis is logarithmic."""

_STEPS = (1.0, 2.0, 5.0)
_MAX_TICKS = 12


def set_error_axis(ax: "Axes", errors: np.ndarray, highest: float) -> None:
    """Set the scale of the vertical axis: logarithmic if the errors differ much, or else from 0.

    Args:
        ax: The axes.
        errors: (n,), n >= 1, errors in %; NaN is ignored.
        highest: Upper end of all that is drawn, in %.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    known = errors[np.isfinite(errors)]
    if len(known) and 0 < LOG_RATIO * known.min() <= known.max():
        ax.set_yscale("log")
        ax.set_ylim(0.7 * known.min(), min(1.4 * known.max(), 100))
        ax.yaxis.set_major_locator(LogLocator(subs=_STEPS, numticks=_MAX_TICKS))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:.6g}"))
        ax.yaxis.set_minor_formatter(NullFormatter())
    else:
        ax.set_ylim(0, max(min(1.05 * highest, 100.5), 1))
    ax.grid(color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
