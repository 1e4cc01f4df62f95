"""The report of a warp: a JSON document, its lines of text, and the caption of the figure."""

from typing import Any

from stnctl.warping.describe import DIRECTION, describe_effect, format_parts
from stnctl.warping.from_parameters import MATRICES, SPLINE
from stnctl.warping.numbers import format_numbers
from stnctl.warping.outside import OUTSIDE_NOTE
from stnctl.warping.sampling_options import SamplingOptions
from stnctl.warping.theta_path import MapSizes, ThetaPath

_MOST_NUMBERS = 50
"""Largest number of parameters that the report lists by name and as options."""

_EDGES = {True: "centers", False: "outer edges"}


def warp_document(
    source: str,
    path: ThetaPath,
    maps: MapSizes,
    options: dict[str, Any],
    *,
    outside: bool = False,
    profile: str | None = None,
) -> dict[str, Any]:
    """Return the report of a warp as a dict for JSON.

    Args:
        source: Name of the image.
        path: The transform and its theta, see `ThetaPath`.
        maps: Sizes of U and V.
        options: Options of the sampler, see `SamplingOptions.facts`.
        outside: Whether all of V is outside U.
        profile: Name of the color profile of the image; None for sRGB.
    """
    theta, listed = path.theta, len(path.theta) <= _MOST_NUMBERS
    return {
        "image": source,
        "input_size": list(maps.input_size),
        "output_size": list(maps.output_size),
        "transform": path.name,
        "theta": theta.tolist(),
        "parameters": _named_parameters(path) if listed else None,
        "matrix": _matrix_rows(path),
        "parts": path.transform.describe(theta, maps.input_size, align_corners=maps.align_corners),
        "effect": describe_effect(path, maps),
        "outside": outside,
        "color_profile": profile,
        "direction": "output to input",
        "frame": "normalized, x right, y down, -1 and 1 at the "
        f"{_EDGES[maps.align_corners]} of the corner pixels",
        "options": options,
        "again": _options_again(path, maps, options) if listed else None,
    }


def document_lines(document: dict[str, Any]) -> list[str]:
    """Return the report as lines of text; see `warp_document`."""
    lines = _theta_lines(document)
    lines.append(f"{document['effect']} {DIRECTION}")
    lines += _size_lines(document)
    if document["again"]:
        lines.append(f"again  {document['again']}")
    return lines


def caption_lines(document: dict[str, Any]) -> list[str]:
    """Return the lines below the figure: theta, the sizes, and the options of the sampler."""
    options = document["options"]
    sampling = (
        options["interpolation"],
        f"padding {options['padding']} {format_numbers(options.get('fill', ()))}".rstrip(),
        f"align_corners {'on' if options['align_corners'] else 'off'}",
    )
    lines = [line.strip() for line in _theta_lines(document)]
    outside = [f"{OUTSIDE_NOTE}."] if document["outside"] else []
    return [*lines, *_size_lines(document), ", ".join(sampling), *outside]


def _theta_lines(document: dict[str, Any]) -> list[str]:
    lines = [
        f"  [{' '.join(f'{value:8.4g}' for value in row)} ]" for row in document["matrix"] or ()
    ]
    parameters = document["parameters"]
    if document["transform"] not in MATRICES.values() and parameters:
        lines.append("  " + ", ".join(f"{name} {value:.4g}" for name, value in parameters.items()))
    return [*lines, f"theta: {format_parts(document['parts'])}"]


def _size_lines(document: dict[str, Any]) -> list[str]:
    U, V = (" × ".join(map(str, document[key])) for key in ("input_size", "output_size"))
    return [] if U == V else [f"U is {U} pixels, V is {V}."]


def _named_parameters(path: ThetaPath) -> dict[str, float]:
    return dict(zip(path.transform.parameters, path.theta.tolist(), strict=True))


def _matrix_rows(path: ThetaPath) -> list[list[float]] | None:
    """Return the rows of the matrix, without the last row 0 0 1 of affine matrices.

    Return None for a family without a matrix.
    """
    if path.matrix is None:
        return None
    rows: list[list[float]] = path.matrix.tolist()
    return rows if path.name == "projective" else rows[:2]


def _options_again(path: ThetaPath, maps: MapSizes, sampling: dict[str, Any]) -> str:
    """Return command-line options that give the same V, bit for bit."""
    if path.name == SPLINE:
        options = "--points"
    else:
        options = (
            "--theta" if path.name in MATRICES.values() else f"--transform {path.name} --theta"
        )
    options += f" {format_numbers(path.theta)}"
    if maps.output_size != maps.input_size:
        options += f" --output-size {format_numbers(maps.output_size)}"
    if sampling["interpolation"] != SamplingOptions.interpolation:
        options += f" --interpolation {sampling['interpolation']}"
    if "fill" in sampling:
        options += f" --fill {format_numbers(sampling['fill'])}"
    elif sampling["padding"] != SamplingOptions.padding:
        options += f" --padding {sampling['padding']}"
    return options if maps.align_corners else f"{options} --no-align-corners"
