"""Values of the key `data.distortion`: a set of the paper, or a list of steps."""

from typing import Annotated, Literal

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
    """Name of the set."""


class R(Section):
    """Rotated images."""

    set: Literal["R"] = "R"
    """Name of the set."""

    rotation: Angles = (-90.0, 90.0)
    """Range [low, high] of the angle in degrees, drawn uniformly."""

    canvas: Canvas | None = None
    """[height, width] of the result in pixels; null for the size of the original image."""


class RTS(Section):
    """Images rotated, scaled and placed at random on a larger canvas."""

    set: Literal["RTS"] = "RTS"
    """Name of the set."""

    rotation: Angles = (-45.0, 45.0)
    """Range [low, high] of the angle in degrees, drawn uniformly."""

    scale: Factors = (0.7, 1.2)
    """Range [low, high] of the factor, drawn uniformly."""

    canvas: Canvas = (42, 42)
    """[height, width] of the result in pixels."""


class P(Section):
    """Images with a projective distortion: scaled, then with each corner shifted independently."""

    set: Literal["P"] = "P"
    """Name of the set."""

    scale: Factors = (0.75, 1.0)
    """Range [low, high] of the factor, drawn uniformly."""

    corner_std: Pixels = 5.0
    """Standard deviation of the normal shifts of each corner in x and y, in pixels."""

    canvas: Canvas | None = None
    """[height, width] of the result in pixels; null for the size of the original image."""


class E(Section):
    """Images with an elastic distortion: scaled, then warped by a random thin plate spline."""

    set: Literal["E"] = "E"
    """Name of the set."""

    scale: Factors = (0.75, 1.0)
    """Range [low, high] of the factor, drawn uniformly."""

    elastic_std: Pixels = 1.5
    """Standard deviation of the normal shifts of each control point in x and y, in pixels."""

    control_points: Lattice = (4, 4)
    """[rows, columns] of the control points."""

    canvas: Canvas | None = None
    """[height, width] of the result in pixels; null for the size of the original image."""


class T(Section):
    """Images placed at random on a larger canvas."""

    set: Literal["T"] = "T"
    """Name of the set."""

    canvas: Canvas = (60, 60)
    """[height, width] of the result in pixels."""


class TC(Section):
    """Images placed at random on a larger canvas, among crops of other images."""

    set: Literal["TC"] = "TC"
    """Name of the set."""

    canvas: Canvas = (60, 60)
    """[height, width] of the result in pixels."""

    clutter: Count = 6
    """Number of crops."""

    clutter_size: Side = 6
    """Side of each crop in pixels."""


class Addition(Section):
    """Two images in separate channels, each distorted as in RTS.

    The label is the sum of the two labels.
    """

    set: Literal["addition"] = "addition"
    """Name of the set."""

    rotation: Angles = (-45.0, 45.0)
    """Range [low, high] of the angle in degrees, drawn uniformly."""

    scale: Factors = (0.7, 1.2)
    """Range [low, high] of the factor, drawn uniformly."""

    canvas: Canvas = (42, 42)
    """[height, width] of the result in pixels."""


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
"""A set, by its name or as a section with changed values, or a list of steps."""
