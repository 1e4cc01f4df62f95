"""The key `data.distortion`: one of the sets of the paper, or a list of steps."""

from typing import Annotated, Any, Literal

from stnctl.config.distortion_steps import (
    Angles,
    Canvas,
    Count,
    Factors,
    Lattice,
    Pixels,
    Side,
    Steps,
)
from stnctl.config.section import Section
from stnctl.config.unions import TaggedUnion


class NoDistortion(Section):
    """Images without a distortion."""

    set: Literal["none"] = "none"
    """The set."""


class R(Section):
    """Rotated images."""

    set: Literal["R"] = "R"
    """The set."""

    rotation: Angles = (-90.0, 90.0)
    """[low, high] of the angle in degrees, uniform."""

    canvas: Canvas | None = None
    """[height, width] of the result; null for the size of the image."""


class RTS(Section):
    """Images rotated, scaled and placed at random on a larger canvas."""

    set: Literal["RTS"] = "RTS"
    """The set."""

    rotation: Angles = (-45.0, 45.0)
    """[low, high] of the angle in degrees, uniform."""

    scale: Factors = (0.7, 1.2)
    """[low, high] of the factor, uniform."""

    canvas: Canvas = (42, 42)
    """[height, width] of the result."""


class P(Section):
    """Images scaled, then each corner shifted independently: projective."""

    set: Literal["P"] = "P"
    """The set."""

    scale: Factors = (0.75, 1.0)
    """[low, high] of the factor, uniform."""

    corner_std: Pixels = 5.0
    """Standard deviation of the x and y of each corner, normal, in pixels."""

    canvas: Canvas | None = None
    """[height, width] of the result; null for the size of the image."""


class E(Section):
    """Images scaled, then the control points of a thin plate spline shifted: elastic."""

    set: Literal["E"] = "E"
    """The set."""

    scale: Factors = (0.75, 1.0)
    """[low, high] of the factor, uniform."""

    elastic_std: Pixels = 1.5
    """Standard deviation of the x and y of each control point, normal, in pixels."""

    control_points: Lattice = (4, 4)
    """[rows, columns] of the control points."""

    canvas: Canvas | None = None
    """[height, width] of the result; null for the size of the image."""


class T(Section):
    """Images placed at random on a larger canvas."""

    set: Literal["T"] = "T"
    """The set."""

    canvas: Canvas = (60, 60)
    """[height, width] of the result."""


class TC(Section):
    """Images placed at random on a larger canvas, among crops of other images."""

    set: Literal["TC"] = "TC"
    """The set."""

    canvas: Canvas = (60, 60)
    """[height, width] of the result."""

    clutter: Count = 6
    """Number of crops."""

    clutter_size: Side = 6
    """Side of each crop in pixels."""


class Addition(Section):
    """Two images in separate channels, each distorted as in RTS; the label is their sum."""

    set: Literal["addition"] = "addition"
    """The set."""

    rotation: Angles = (-45.0, 45.0)
    """[low, high] of the angle in degrees, uniform."""

    scale: Factors = (0.7, 1.2)
    """[low, high] of the factor, uniform."""

    canvas: Canvas = (42, 42)
    """[height, width] of the result."""


SETS: dict[str, type[Section]] = {
    "none": NoDistortion,
    "R": R,
    "RTS": RTS,
    "P": P,
    "E": E,
    "T": T,
    "TC": TC,
    "addition": Addition,
}
Set = NoDistortion | R | RTS | P | E | T | TC | Addition
Distortion = Annotated[Set | Steps, TaggedUnion("set", SETS, items=Steps)]
"""A set by its name or as a section with changes, or a list of steps."""


def distortion_name(distortion: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Return the name of a set, or the names of the steps, of `data.distortion` as plain data."""
    if isinstance(distortion, dict):
        return str(distortion["set"])
    return " + ".join(step["step"] for step in distortion) or "none"
