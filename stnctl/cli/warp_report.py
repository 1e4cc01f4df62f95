"""What the command tells: a document, and the same in lines for a person."""

from pathlib import Path
from typing import Any

from stnctl.geometry.transforms import MatrixTransform
from stnctl.warping.describe import DIRECTION, describe_effect, format_parts
from stnctl.warping.from_parameters import MATRICES, SPLINE
from stnctl.warping.numbers import format_numbers
from stnctl.warping.theta_path import MapSizes, ThetaPath

_MOST_NUMBERS = 50
"""Parameters up to which they are told by name, and to be given again."""

_EDGES = {True: "centers", False: "outer edges"}


def document(
    image: Path, goal: ThetaPath, maps: MapSizes, options: dict[str, Any]
) -> dict[str, Any]:
    """Return the report.

    Args:
        image: What U was made of.
        goal: theta.
        maps: The sizes.
        options: Of the sampler.
    """
    transform, theta = goal.transform, goal.theta
    told = {"align_corners": maps.align_corners}
    return {
        "image": str(image),
        "input_size": list(maps.input_size),
        "output_size": list(maps.output_size),
        "transform": goal.name,
        "theta": theta.tolist(),
        "parameters": _named(goal),
        "matrix": _matrix(goal),
        "parts": transform.describe(theta, maps.input_size, **told),
        "effect": describe_effect(transform, theta, maps.input_size, **told),
        "direction": "output to input",
        "frame": "normalized, x right, y down, -1 and 1 at the "
        f"{_EDGES[maps.align_corners]} of the corner pixels",
        "options": options,
        "again": _again(goal, maps),
    }


def lines(document: dict[str, Any]) -> list[str]:
    """Return the report's lines for a person."""
    told = [
        f"  [{' '.join(f'{value:8.4g}' for value in row)} ]" for row in document["matrix"] or ()
    ]
    parameters = document["parameters"]
    if document["transform"] not in MATRICES.values() and parameters:
        told.append("  " + ", ".join(f"{name} {value:.4g}" for name, value in parameters.items()))
    told.append(f"theta: {format_parts(document['parts'])}")
    told.append(f"{document['effect']} {DIRECTION}")
    if document["input_size"] != document["output_size"]:
        was, now = (" × ".join(map(str, document[key])) for key in ("input_size", "output_size"))
        told.append(f"U has {was} pixels, and V, on which it is resized, {now}.")
    if document["again"]:
        told.append(f"again  {document['again']}")
    return told


def figure_words(document: dict[str, Any]) -> list[str]:
    """Return the lines under the figure."""
    told = lines(document | {"again": None, "effect": ""})
    options = document["options"]
    how = (
        options["interpolation"],
        f"padding {options['padding']} {format_numbers(options.get('fill', ()))}".rstrip(),
        f"align_corners {'on' if options['align_corners'] else 'off'}",
    )
    return [line.strip() for line in told if line.strip() != DIRECTION] + [", ".join(how)]


def _named(goal: ThetaPath) -> dict[str, float] | None:
    """Return the parameters by name, or None if they are too many."""
    if len(goal.theta) > _MOST_NUMBERS:
        return None
    return dict(zip(goal.transform.parameters, goal.theta.tolist(), strict=True))


def _matrix(goal: ThetaPath) -> list[list[float]] | None:
    """Return the matrix, its last row only if it is not 0 0 1; None if theta is none."""
    if not isinstance(goal.transform, MatrixTransform):
        return None
    matrix = goal.transform.matrix(goal.theta[None])[0]
    return (matrix if goal.name == "projective" else matrix[:2]).tolist()


def _again(goal: ThetaPath, maps: MapSizes) -> str | None:
    """Return options that lead to this grid, to the last bit; None if they are too many."""
    theta = goal.theta
    if len(theta) > _MOST_NUMBERS:
        return None
    if goal.name == SPLINE:
        options = "--points"
    else:
        options = (
            "--theta" if goal.name in MATRICES.values() else f"--transform {goal.name} --theta"
        )
    options += f" {format_numbers(theta)}"
    if maps.output_size != maps.input_size:
        options += f" --output-size {format_numbers(maps.output_size)}"
    return options if maps.align_corners else f"{options} --no-align-corners"
