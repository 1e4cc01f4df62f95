"""The options of ``stnctl warp``."""

from pathlib import Path
from typing import Annotated

import typer

from stnctl.cli.options import choice_option

TRANSFORM_NAMES = (
    "translation",
    "rotation",
    "rigid",
    "similarity",
    "attention",
    "scale_translation",
    "affine",
    "projective",
    "thin_plate_spline",
    "diffeomorphic_affine",
    "flow",
)
INTERPOLATION_NAMES = ("nearest", "bilinear", "bicubic", "quadratic", "cubic", "area")
PADDING_NAMES = ("zeros", "border", "reflection", "value")
"""Names of the geometry, which would take long to load; a test compares them."""

# readable=False: else Click refuses, with words and an exit code of its own, what can't be read.

ImageName = Annotated[
    Path,
    typer.Argument(
        metavar="IMAGE",
        help="A file, - for stdin, or a name: square, checker, digit:N, horse ...",
        readable=False,
    ),
]
Theta = Annotated[
    str | None,
    typer.Option(
        "--theta",
        metavar="N ...",
        help="6 numbers (affine: a b tx c d ty), 8 (projective), or those of --transform.",
    ),
]
TransformName = Annotated[
    str | None,
    choice_option(
        "--transform",
        TRANSFORM_NAMES,
        f"The family of --theta: {', '.join(TRANSFORM_NAMES)}.",
        metavar="NAME",
    ),
]
Points = Annotated[
    str | None,
    typer.Option(
        "--points",
        metavar="DX DY ...",
        help="A thin plate spline: offsets of 2x2, 3x3, 4x4 ... control points, row by row.",
    ),
]
Frame = Annotated[
    str | None,
    choice_option(
        "--frame",
        ("normalized", "pixel"),
        "What the numbers are between: [-1, 1], or pixels, with (0, 0) the center of the top "
        "left one. normalized if absent.",
    ),
]
Inverse = Annotated[
    bool,
    typer.Option("--inverse", help="The numbers map input to output, as OpenCV's and kornia's M."),
]
Rotate = Annotated[
    float | None, typer.Option("--rotate", metavar="DEG", help="Turn it counterclockwise.")
]
Scale = Annotated[
    str | None,
    typer.Option("--scale", metavar="S | SX SY", help="Let it grow; a negative number mirrors."),
]
Shear = Annotated[
    str | None,
    typer.Option("--shear", metavar="KX KY", help="Slant it: x grows by KX y, y by KY x."),
]
Shift = Annotated[
    str | None,
    typer.Option(
        "--shift",
        metavar="TX TY",
        help="Move it right and down: a fraction of the width and height, or 12px.",
    ),
]
InterpolationName = Annotated[
    str | None,
    choice_option(
        "--interpolation", INTERPOLATION_NAMES, "How to read between pixels; bilinear if absent."
    ),
]
PaddingName = Annotated[
    str | None,
    choice_option("--padding", PADDING_NAMES, "What lies outside U; zeros if absent."),
]
Fill = Annotated[
    str | None,
    typer.Option(
        "--fill",
        metavar='N ... | "#rrggbb"',
        help="Padding by a value: one number from 0 to 1, one for each channel, or a color.",
    ),
]
AlignCorners = Annotated[
    bool,
    typer.Option(
        "--align-corners/--no-align-corners",
        help="Whether -1 and 1 are the centers of the corner pixels, or their outer edges.",
    ),
]
Antialias = Annotated[bool, typer.Option("--antialias", help="Short for --interpolation area.")]
OutputSize = Annotated[
    str | None,
    typer.Option("--output-size", metavar="H W", help="Size of V; that of IMAGE if absent."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="File of V, by its suffix; - for a PNG on stdout. IMAGE-warped here.",
        readable=False,
    ),
]
Figure = Annotated[
    Path | None,
    typer.Option(
        "--figure",
        help="A .png of U with the points that V reads, V, and theta.",
        readable=False,
    ),
]
Animate = Annotated[
    Path | None,
    typer.Option("--animate", help="A .gif from the identity to theta and back.", readable=False),
]
Show = Annotated[bool, typer.Option("--show", help="Draw U and V in the terminal.")]
MaxPixels = Annotated[
    int | None,
    typer.Option(
        "--max-pixels",
        metavar="N",
        min=1,
        help="The largest image taken; 64,000,000 if absent, and then 16,384 a side.",
    ),
]
