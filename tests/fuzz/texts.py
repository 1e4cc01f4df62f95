"""Attempts on texts of figures: names of runs and classes, titles, and labels."""

import io
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from stnctl.figures.isolation import default_style
from stnctl.figures.text import (
    MAX_COLUMNS,
    MAX_LINES,
    add_legend,
    drawable,
    set_axis_names,
    set_ticks,
    set_title,
    write,
)
from tests.fuzz.attempt import Attempt, Target

FRAGMENTS = (
    *(r"$\frac{1}{0$", "$x_1$", r"\$", "$", "$$", r"\mathdefault{", "^{2", "_", "{", "}", "{{0}}"),
    *(r"\n", r"\u", "\\", "%", "%s", "&", "#", "~", r"\usepackage{x}", r"\input{/etc/passwd}"),
    *("\n", "\r\n", "\t", "\0", "\x1b[31m", "\x7f", "\x85", "\xa0", "\xad", "\u202f", "\u2028"),
    *("\u200b", "\u200d", "\u200e", "\u202e", "\u2066", "\ufeff", "\ufe0f", "\ufffe"),
    *("\ud800", "\udc80", "\udcff", "\udfff", "\ud83d\ude00", "\U0001f600", "\U0010ffff"),
    *("\U0001f469\u200d\U0001f52c", "e\u0301", "\u0301", "\u0e33", "שלום", "سلام", "नमस्ते"),
    *("写真", "한글", "ﬁ", "\U0001d54f", "\ue000", "a-run", "digits-2", " ", "  ", "", "x" * 40),
)
"""Mathtext, TeX, control characters, surrogates, text direction, scripts and names."""


def texts(folder: Path) -> Target:
    """Return attempts on one text of a figure. Most are only laid out, as this is much faster."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with default_style():
        figure = Figure(figsize=(2, 1), dpi=30)
        axes = figure.add_axes((0.2, 0.2, 0.6, 0.6), xticks=[], yticks=[])
        lines = axes.plot([0, 1])
        renderer = FigureCanvasAgg(figure).get_renderer()

    def measured(text: str) -> None:
        """Compute the layout of a title, without the cost of the style and of pixels."""
        with warnings.catch_warnings(action="ignore"):
            set_title(axes, text)
            axes.title.get_window_extent(renderer)

    def plain(text: str) -> None:
        write(axes, 0.5, 0.5, text, fontsize=9)
        axes.texts[0].draw(renderer)
        axes.texts[0].remove()

    def names(text: str) -> None:
        set_axis_names(axes, x="x", y=text)
        axes.yaxis.label.draw(renderer)

    def legend(text: str) -> None:
        add_legend(axes, lines, [text])
        axes.get_legend().draw(renderer)
        axes.get_legend().remove()

    def ticks(text: str) -> None:
        set_ticks(axes.xaxis, [0], [text])
        axes.xaxis.draw(renderer)
        set_ticks(axes.xaxis, [], [])

    def whole(text: str) -> None:
        set_title(axes, text)
        figure.savefig(io.BytesIO(), format="png", bbox_inches="tight", dpi=20)

    def drawn(kind: Callable[[str], Any], text: str) -> None:
        with default_style():
            kind(text)

    kinds: list[Callable[[str], Any]] = [measured]
    kinds += [partial(drawn, kind) for kind in (plain, names, legend, ticks, whole)]

    def attempt(rng: Random) -> Attempt:
        text = random_text(rng)
        [draw] = rng.choices(kinds, (94, 3, 1, 0.5, 0.5, 0.2))
        data = text.encode("utf-8", "surrogatepass")
        return Attempt({"text.txt": data}, (partial(draw, text), partial(_check, text)))

    return attempt


def random_text(rng: Random) -> str:
    """Return a few fragments and random characters; rarely a long text."""
    count = rng.choice((1, 1, 1, 2, 2, 3))
    text = "".join(
        rng.choice(FRAGMENTS) if rng.random() < 0.7 else chr(_code(rng)) for _ in range(count)
    )
    return text * rng.choice((100, 100_000)) if rng.random() < 0.002 else text


def _code(rng: Random) -> int:
    return rng.randrange(rng.choice((0x80, 0x300, 0x3000, 0x11_0000)))


def _check(text: str) -> None:
    """Raise if the drawn form of a text has control characters or surrogates, or is too large."""
    found = drawable(text)
    found.encode("utf-8")
    assert not [c for c in found if ord(c) < 32 and c != "\n"], "control characters"
    assert drawable(found) == found, "not idempotent"
    assert found.count("\n") < MAX_LINES, "too many lines"
    assert max(map(len, found.split("\n"))) <= MAX_COLUMNS, "too wide"
