"""Writes docs/transforms.md and its figures.

python docs/transforms_page.py

The figures are what the commands above them draw, in fewer colors, so that the page loads faster.
"""

import io
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image
from transforms_families import FAMILIES, Family
from transforms_text import CLOSING, OPENING

from stnctl.data.image_files.builtin_images import builtin_image
from stnctl.figures.canvas import new_figure, png
from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS, Transform, warp

DOCS = Path(__file__).parent
PAGE, FIGURES = DOCS / "transforms.md", DOCS / "images" / "transforms"
COLORS = 64
NAMES_SHOWN = 8
OVERVIEW = ("family", "parameters", "inverse", "")
PARAMETERS = ("parameter", "identity", "bounded head")
NO_INVERSE = "None in closed form."


def page() -> str:
    """Return the whole page."""
    families = "".join(section(name, family) for name, family in FAMILIES.items())
    return OPENING + table(OVERVIEW, map(overview, FAMILIES)) + families + CLOSING


def overview(name: str) -> tuple[str, ...]:
    """Return a row of the first table."""
    transform, family = TRANSFORMS[name], FAMILIES[name]
    count = {"thin_plate_spline": "2·K", "flow": "2·H'·W'"}.get(name, str(transform.num_params))
    inverse = "no" if family.inverse == NO_INVERSE else "yes"
    return f"[`{name}`](#{name})", count, inverse, family.purpose


def section(name: str, family: Family) -> str:
    """Return what the page says of one family."""
    transform = TRANSFORMS[name]
    if isinstance(family.inverse, str):
        inverse = paragraph(f"Inverse: {family.inverse[0].lower()}{family.inverse[1:]}")
    else:
        lines = zip(transform.parameters, family.inverse, strict=True)
        inverse = "Inverse:\n\n" + block(f"{name}' = {expression}" for name, expression in lines)
    return (
        f"\n## {name}\n\n{paragraph(family.purpose)}\n"
        f"{block(family.formula)}\n{table(PARAMETERS, parameter_rows(transform))}\n"
        f"{inverse}\n{paragraph('**When to use it.** ' + family.advice)}\n"
        f"{block([command(name)], 'sh')}\n![{name}]({figure_path(name).relative_to(DOCS)})\n"
    )


def parameter_rows(transform: Transform) -> list[tuple[str, ...]]:
    """Return name, identity and bounds of each parameter; of many, of the first two."""
    named = zip(transform.parameters, transform.identity(), transform.bounds, strict=True)
    rows = [
        (f"`{name}`", f"{start:g}", f"{low:.3g} to {high:.3g}")
        for name, start, (low, high) in named
    ]
    return rows if len(rows) <= NAMES_SHOWN else [*rows[:2], ("...", "...", "...")]


def command(name: str) -> str:
    """Return the command that draws the figure of a family."""
    return f"stnctl warp {FAMILIES[name].arguments} --figure {name}.png"


def figure_path(name: str) -> Path:
    """Return where the figure of a family, or of a comparison, lies."""
    return FIGURES / f"{name}.png"


def paragraph(text: str) -> str:
    """Return text in lines of at most 99 letters."""
    return textwrap.fill(text, 99, break_long_words=False, break_on_hyphens=False) + "\n"


def block(lines: Iterable[str], language: str = "text") -> str:
    """Return lines as a block of code."""
    return "\n".join([f"```{language}", *lines, "```\n"])


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ("---",) * len(header), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def draw_figures() -> None:
    """Run every command of the page, and draw the comparisons."""
    FIGURES.mkdir(exist_ok=True)
    for name in FAMILIES:
        figure_path(name).write_bytes(in_few_colors(drawn_by(name)))
    figure_path("interpolations").write_bytes(in_few_colors(interpolations_png()))
    figure_path("paddings").write_bytes(in_few_colors(paddings_png()))


def drawn_by(name: str) -> bytes:
    """Return the figure that the command of a family draws."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", command(name)],
            cwd=folder,
            env={**os.environ, "PATH": path},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return (Path(folder) / f"{name}.png").read_bytes()


def in_few_colors(picture: bytes) -> bytes:
    """Return a PNG with a palette."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        few = image.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def interpolations_png() -> bytes:
    """Return a PNG with a digit zoomed into, and a checkerboard zoomed out of, by each way."""
    digit, checker = (builtin_image(name).pixels[None] for name in ("digit:3", "checker"))
    near, far = np.array([[0.9, -0.3, 0, 0.3, 0.9, 0]]), np.array([[1.5, -0.4, 0, 0.4, 1.5, 0]])
    rows = [
        {
            name: warp(digit, near, output_size=(96, 96), interpolation=name)
            for name in INTERPOLATIONS
        },
        {
            name: warp(checker, far, output_size=(24, 24), interpolation=name)
            for name in INTERPOLATIONS
        },
    ]
    return comparison_png([{name: V[0] for name, V in row.items()} for row in rows])


def paddings_png() -> bytes:
    """Return a PNG of a checkerboard and what lies round it, by each padding."""
    checker = builtin_image("checker").pixels[None]
    theta = np.array([[1.9, -0.4, 0.1, 0.4, 1.9, 0.05]])
    row = {name: warp(checker, theta, padding=name, fill_value=0.5)[0] for name in PADDINGS}
    return comparison_png([row])


def comparison_png(rows: list[dict[str, np.ndarray]]) -> bytes:
    """Return a PNG with rows of maps (H, W, 1) under their names."""
    side = 1.3
    figure = new_figure(side * len(rows[0]), (side + 0.15) * len(rows))
    all_axes = figure.subplots(len(rows), len(rows[0]), squeeze=False)
    for axes_row, row in zip(all_axes, rows, strict=True):
        for axes, (name, map_) in zip(axes_row, row.items(), strict=True):
            axes.imshow(map_[..., 0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            axes.set_title(name, fontsize=9, pad=3)
            axes.set_xticks([])
            axes.set_yticks([])
    figure.subplots_adjust(0, 0, 1, 1, 0.06, 0.2)
    return png(figure)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    draw_figures()
