"""Writes docs/transforms.md and its figures from the docstrings of the transforms.

python docs/transforms_page.py [NAME ...]

With names, only the figures of these transforms are drawn. The figures are those of the commands
above them, in fewer colors, so that the page loads faster.
"""

import inspect
import io
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from transforms_text import CLOSING, OPENING

from stnctl.data.image_files.builtin_images import builtin_image
from stnctl.docstrings import restore_docstring
from stnctl.figures.canvas import new_figure, png
from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS, Transform, warp

DOCS = Path(__file__).parent
PAGE, FIGURES = DOCS / "transforms.md", DOCS / "images" / "transforms"
COLORS = 64
NAMES_SHOWN = 8
OVERVIEW = ("family", "parameters", "inverse", "")
PARAMETERS = ("parameter", "identity", "bounded head")
COUNTS = {"thin_plate_spline": "2·K", "flow": "2·H'·W'"}
"""Number of parameters where it depends on an option."""

USE = "When to use it"
HEADING = re.compile(r"^(Formula|Inverse|When to use it|Example|Attributes):$", re.MULTILINE)


def page() -> str:
    """Return the whole page."""
    return OPENING + table(OVERVIEW, map(overview, TRANSFORMS)) + sections() + CLOSING


def sections() -> str:
    """Return the sections of all families."""
    return "".join(map(section, TRANSFORMS))


def docstring(name: str) -> dict[str, str]:
    """Return the sections of a family's docstring by heading; the first line under ""."""
    text = inspect.getdoc(restore_docstring(type(TRANSFORMS[name]))) or ""
    _, *rest = HEADING.split(text)
    found = {
        heading: textwrap.dedent(lines).split("\n\n")[0].strip()
        for heading, lines in zip(rest[::2], rest[1::2], strict=True)
    }
    return {"": text.split("\n\n")[0], **found}


def overview(name: str) -> tuple[str, ...]:
    """Return a row of the first table."""
    transform = TRANSFORMS[name]
    count = COUNTS.get(name, str(transform.num_params))
    inverse = "yes" if transform.invertible else "no"
    return f"[`{name}`](#{name})", count, inverse, docstring(name)[""]


def section(name: str) -> str:
    """Return the section of one family. A part that its docstring lacks is left out."""
    parts = docstring(name)
    pieces = [
        f"## {name}\n",
        paragraph(parts[""]),
        block(parts["Formula"].splitlines()) if "Formula" in parts else "",
        table(PARAMETERS, parameter_rows(TRANSFORMS[name])),
        inverse(TRANSFORMS[name], parts.get("Inverse", "")),
        paragraph(f"**{USE}.** {parts[USE]}") if USE in parts else "",
        block([command(name)], "sh"),
        f"![{name}]({figure_path(name).relative_to(DOCS)})\n",
    ]
    return "".join(f"\n{piece}" for piece in pieces if piece)


def inverse(transform: Transform, text: str) -> str:
    """Return the paragraph of the inverse: formulas, prose, or a note that it does not exist."""
    if "' = " in text:
        return "Inverse:\n\n" + block(text.splitlines())
    text = text or ("" if transform.invertible else "None in closed form.")
    return paragraph(f"Inverse: {text[0].lower()}{text[1:]}") if text else ""


def parameter_rows(transform: Transform) -> list[tuple[str, ...]]:
    """Return name, identity and bounds of each parameter; of many, only the first two."""
    named = zip(transform.parameters, transform.identity(), transform.bounds, strict=True)
    rows: list[tuple[str, ...]] = [
        (f"`{name}`", f"{start:g}", f"{low:.3g} to {high:.3g}")
        for name, start, (low, high) in named
    ]
    return rows if len(rows) <= NAMES_SHOWN else [*rows[:2], ("...", "...", "...")]


def command(name: str) -> str:
    """Return the command that draws the figure of a family; by default, a theta near its bounds."""
    example = docstring(name).get("Example")
    if example is None:
        identity, high = TRANSFORMS[name].identity(), np.array(TRANSFORMS[name].bounds)[:, 1]
        theta = " ".join(f"{number:.3g}" for number in identity + (high - identity) / 3)
        example = f"stnctl warp checker --transform {name} --theta {theta}"
    return f"{example} --figure {name}.png"


def figure_path(name: str) -> Path:
    """Return the file of the figure of a family, or of a comparison."""
    return FIGURES / f"{name}.png"


def paragraph(text: str) -> str:
    """Return text in lines of at most 99 characters."""
    words = " ".join(text.split())
    return textwrap.fill(words, 99, break_long_words=False, break_on_hyphens=False) + "\n"


def block(lines: Iterable[str], language: str = "text") -> str:
    """Return lines as a code block."""
    return "\n".join([f"```{language}", *lines, "```\n"])


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [header, ("---",) * len(header), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def draw_family(name: str) -> None:
    """Run the command of a family, and write its figure."""
    FIGURES.mkdir(exist_ok=True)
    figure_path(name).write_bytes(in_few_colors(figure_of(name)))


def draw_comparisons() -> None:
    """Write the figures of the interpolations and the paddings."""
    figure_path("interpolations").write_bytes(in_few_colors(interpolations_png()))
    figure_path("paddings").write_bytes(in_few_colors(paddings_png()))


def figure_of(name: str) -> bytes:
    """Return the PNG that the command of a family writes."""
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


def in_few_colors(figure: bytes) -> bytes:
    """Return a PNG with a palette of `COLORS` colors."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(figure)) as image:
        few = image.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def interpolations_png() -> bytes:
    """Return a PNG of a magnified digit and a reduced checkerboard by each interpolation."""
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
    """Return a PNG of a checkerboard and its surroundings by each padding."""
    checker = builtin_image("checker").pixels[None]
    theta = np.array([[1.9, -0.4, 0.1, 0.4, 1.9, 0.05]])
    row = {name: warp(checker, theta, padding=name, fill_value=0.5)[0] for name in PADDINGS}
    return comparison_png([row])


def comparison_png(rows: list[dict[str, np.ndarray]]) -> bytes:
    """Return a PNG with rows of maps (H, W, 1) under their names."""
    side = 1.3
    with new_figure(side * len(rows[0]), (side + 0.15) * len(rows)) as figure:
        all_axes = figure.subplots(len(rows), len(rows[0]), squeeze=False)
        for axes_row, row in zip(all_axes, rows, strict=True):
            for axes, (name, map_) in zip(axes_row, row.items(), strict=True):
                axes.imshow(map_[..., 0], cmap="gray", vmin=0, vmax=1, interpolation="nearest")
                axes.set_title(name, fontsize=9, pad=3)
                axes.set_xticks([])
                axes.set_yticks([])
        figure.subplots_adjust(0, 0, 1, 1, 0.06, 0.2)
        return png(figure)


def main(names: Sequence[str]) -> None:
    """Write the page, and the figures of some families, or all figures."""
    PAGE.write_text(page(), encoding="utf-8")
    for name in names or TRANSFORMS:
        draw_family(name)
    if not names:
        draw_comparisons()


if __name__ == "__main__":
    main(sys.argv[1:])
