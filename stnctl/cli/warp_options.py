"""Options of ``stnctl warp``."""

from pathlib import Path
from typing import Annotated

import typer

from stnctl.cli.options import choice_option
from stnctl.geometry.registries import INTERPOLATIONS, PADDINGS, TRANSFORMS

# readable=False: Click would reject an unreadable file with its own message and exit code.

ImageName = Annotated[
    Path,
    typer.Argument(
        metavar="IMAGE",
        help="An image file, - for stdin, or a built-in image: square, checker or digit:N.",
        readable=False,
    ),
]
Theta = Annotated[
    str | None,
    typer.Option(
        "--theta",
        metavar="N ...",
        help="6 parameters (affine: a b tx c d ty), 8 (projective), a 3x3 matrix, or the "
        "parameters of --transform. Brackets, commas and semicolons may separate them.",
    ),
]
TransformName = Annotated[
    str | None,
    choice_option(
        "--transform",
        tuple(TRANSFORMS),
        f"Family of --theta: {', '.join(TRANSFORMS)}.",
        metavar="NAME",
    ),
]
Points = Annotated[
    str | None,
    typer.Option(
        "--points",
        metavar="DX DY ...",
        help="Offsets of 2x2, 3x3, 4x4 ... control points of a thin plate spline, row by row.",
    ),
]
Frame = Annotated[
    str | None,
    choice_option(
        "--frame",
        ("normalized", "pixel"),
        "Coordinates of --theta or --points: normalized, in [-1, 1], or in pixels, with (0, 0) at "
        "the center of the top left pixel (default normalized).",
    ),
]
Inverse = Annotated[
    bool,
    typer.Option(
        "--inverse", help="The parameters map input to output, as M of OpenCV and kornia."
    ),
]
Rotate = Annotated[
    float | None, typer.Option("--rotate", metavar="DEG", help="Rotate the image counterclockwise.")
]
Scale = Annotated[
    str | None,
    typer.Option(
        "--scale", metavar="S | SX SY", help="Enlarge the image; a negative factor mirrors it."
    ),
]
Shear = Annotated[
    str | None,
    typer.Option(
        "--shear",
        metavar="KX KY",
        help="Shear the image: x falls by KX y, y by KY x. If KX is positive, the top moves right.",
    ),
]
Shift = Annotated[
    str | None,
    typer.Option(
        "--shift",
        metavar="TX TY",
        help="Move the image right and down, by a fraction of its width and height, or by 12px.",
    ),
]
InterpolationName = Annotated[
    str | None,
    choice_option(
        "--interpolation", tuple(INTERPOLATIONS), "Interpolation between pixels (default bilinear)."
    ),
]
PaddingName = Annotated[
    str | None,
    choice_option("--padding", tuple(PADDINGS), "Values outside U (default zeros)."),
]
Fill = Annotated[
    str | None,
    typer.Option(
        "--fill",
        metavar='N ... | "#rrggbb"',
        help="Value outside U: one number from 0 to 1, one per channel, or a color.",
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
    typer.Option("--output-size", metavar="H W", help="Size of V (default the size of IMAGE)."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="File for V; its suffix is the format; - for a PNG on stdout (default IMAGE-warped in "
        "the current folder).",
        readable=False,
    ),
]
Figure = Annotated[
    Path | None,
    typer.Option(
        "--figure",
        help="Write a .png, .pdf or .svg of U with the sampled grid, V, and theta.",
        readable=False,
    ),
]
Animate = Annotated[
    Path | None,
    typer.Option(
        "--animate", help="Write a .gif from the identity to theta and back.", readable=False
    ),
]
Show = Annotated[bool, typer.Option("--show", help="Draw U and V as text, in color on a terminal.")]
MaxPixels = Annotated[
    int | None,
    typer.Option(
        "--max-pixels",
        metavar="N",
        min=1,
        max=2**44,
        help="Maximum image size in pixels (default 64,000,000).",
    ),
]
