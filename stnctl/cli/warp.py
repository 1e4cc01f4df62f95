"""``stnctl warp``: an image through the grid generator and the sampler, on NumPy."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from stnctl.cli import console
from stnctl.cli.options import Json
from stnctl.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    from stnctl.data.images import Image

EXAMPLES = """\b
Examples:
  stnctl warp image.png --theta 0.7 -0.7 0 0.7 0.7 0
  stnctl warp image.png --theta "0.5 0 0.2; 0 0.5 0" -o detail.png --output-size 200 200
"""

LARGEST = 1e30
"""The largest number in a theta: beyond it, single precision overflows."""

_IDENTITY = "for example, the identity: --theta 1 0 0 0 1 0"


class ThetaCommand(TyperCommand):
    """Takes the numbers after ``--theta`` as one value, also negative ones."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the numbers, then parse as usual."""
        return super().parse_args(ctx, join_numbers(args, "--theta"))


def join_numbers(args: list[str], option: str) -> list[str]:
    """Return ``args`` with all numbers right after ``option`` joined to one argument."""
    joined: list[str] = []
    for arg in _split_first(args, f"{option}="):
        numbers_so_far = len(joined) > 1 and joined[-2] == option and _is_numbers(joined[-1])
        if numbers_so_far and _is_numbers(arg):
            joined[-1] += f" {arg}"
        else:
            joined.append(arg)
    return joined


def _split_first(args: list[str], prefix: str) -> list[str]:
    """Return ``args`` with ``--option=value`` as two."""
    return [
        part
        for arg in args
        for part in ((prefix[:-1], arg[len(prefix) :]) if arg.startswith(prefix) else (arg,))
    ]


def warp(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="An image file.")],
    theta: Annotated[
        str,
        typer.Option(
            "--theta",
            metavar="a b tx c d ty",
            help='Affine parameters, row by row; also as "a b tx; c d ty".',
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write; IMAGE-warped here if absent."),
    ] = None,
    output_size: Annotated[
        tuple[int, int] | None,
        typer.Option("--output-size", metavar="H W", help="Size of V; that of IMAGE if absent."),
    ] = None,
    json: Json = False,
) -> None:
    """Warp an image as a spatial transformer does.

    theta maps V to U (output to input) in normalized coordinates, x right, y down, -1 and 1 at
    the centers of the corner pixels: (x_s, y_s) = [a b tx; c d ty] (x_t, y_t, 1). A scale of 0.5
    zooms in; tx = 0.5 looks to the right.
    """
    from stnctl.data.images import check_output, read_image, write_image

    matrix = parse_theta(theta)
    picture = read_image(image)
    size = output_size or picture.pixels.shape[:2]
    _check_size(size)
    target = output or _default_output(image, picture.mode)
    check_output(target, picture.mode)
    if target.exists() and target.samefile(image):
        raise UsageError(f"{target} is the image itself", hint="name another file with --output")
    for text in picture.notes:
        console.note(f"note  {text}")
    write_image(target, _warp_pixels(picture, matrix, size), picture.mode)
    report = _report(image, target, picture, matrix, size)
    if report["input_size"][0] != report["input_size"][1] and (matrix[1] or matrix[3]):
        console.note("note  the image is not square: a turn of the normalized square slants it")
    if json:
        console.result_json(report)
    else:
        _render(report)


def parse_theta(text: str) -> "np.ndarray":
    """Return theta, (6,) float64, from ``a b tx c d ty``; commas and semicolons may part them.

    Raises:
        UsageError: If there are not six numbers, from -`LARGEST` to `LARGEST`.
    """
    import numpy as np

    words = [word for word in re.split(r"[\s,;]+", text) if word]
    try:
        theta = np.array([_number(word) for word in words])
    except ValueError:
        raise UsageError(
            f"--theta: expected six numbers, a b tx c d ty, got {text!r}", hint=_IDENTITY
        ) from None
    if len(theta) != 6:
        raise UsageError(
            f"--theta: expected six numbers, a b tx c d ty, got {len(theta)}: {text!r}",
            hint=_IDENTITY,
        )
    if not (np.abs(theta) <= LARGEST).all():  # so NaN too
        raise UsageError(f"--theta: expected numbers within ±{LARGEST:g}, got {text!r}")
    return theta


def _number(word: str) -> float:
    """Return the number that ``word`` says; unlike Python, without underscores."""
    if "_" in word:
        raise ValueError(word)
    return float(word)


def _is_numbers(text: str) -> bool:
    try:
        return bool([_number(word) for word in text.split()])
    except ValueError:
        return False


def _check_size(size: tuple[int, int]) -> None:
    from stnctl.data.images import MAX_PIXELS, MAX_SIDE

    height, width = size
    if min(size) < 1 or max(size) > MAX_SIDE or height * width > MAX_PIXELS:
        raise UsageError(
            f"--output-size: expected two numbers from 1 to {MAX_SIDE:,} and at most "
            f"{MAX_PIXELS:,} pixels, got {height} {width}"
        )


def _default_output(image: Path, mode: str) -> Path:
    """Return a name in the current folder, of the same kind of file if that can be written."""
    from stnctl.data.images import can_hold

    suffix = image.suffix if can_hold(image.suffix, mode) else ".png"
    return Path(f"{image.stem}-warped{suffix}")


def _warp_pixels(picture: "Image", theta: "np.ndarray", size: tuple[int, int]) -> "np.ndarray":
    """Return V (H', W', C). Colors are weighted by their opacity, if they have one."""
    import numpy as np

    from stnctl.geometry import warp as warp_maps

    U = picture.pixels
    transparent = picture.mode in ("LA", "RGBA")
    if transparent:
        U = np.concatenate([U[..., :-1] * U[..., -1:], U[..., -1:]], axis=-1)
    V = warp_maps(U[None], theta[None], output_size=size)[0]
    if transparent:
        opacity = V[..., -1:]
        V = np.concatenate([V[..., :-1] / np.where(opacity > 0, opacity, 1), opacity], axis=-1)
    return V


def _report(
    image: Path,
    target: Path,
    picture: "Image",
    theta: "np.ndarray",
    size: tuple[int, int],
) -> dict[str, Any]:
    from stnctl.cli.words import say
    from stnctl.geometry.frames import from_centers
    from stnctl.geometry.transforms import Affine

    input_size = picture.pixels.shape[:2]
    return {
        "image": str(image),
        "output": str(target),
        "input_size": list(input_size),
        "output_size": list(size),
        "transform": "affine",
        "matrix": [theta[:3].tolist(), theta[3:].tolist()],
        "direction": "output to input",
        "frame": "normalized, x right, y down, align_corners",
        "effect": say(from_centers(Affine().matrix(theta[None])[0], input_size, size)[:2].ravel()),
    }


def _render(report: dict[str, Any]) -> None:
    from stnctl.cli.words import DIRECTION

    for row in report["matrix"]:
        console.result("  [" + " ".join(f"{value:8.4g}" for value in row) + " ]")
    console.result(f"{report['effect']} {DIRECTION}")
    console.result(report["output"])
