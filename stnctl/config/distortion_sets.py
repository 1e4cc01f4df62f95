"""What `data.distortion` may say: one of the sets of the paper, or a list of steps."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Tag

from stnctl.config.distortion_steps import (
    STEPS,
    Angles,
    Canvas,
    Clutter,
    Corners,
    Count,
    Elastic,
    Factors,
    Lattice,
    Pixels,
    Place,
    ResizeCanvas,
    Rotate,
    Scale,
    Shear,
    Shift,
    Side,
    Step,
    Steps,
)
from stnctl.config.section import Section
from stnctl.config.unions import discriminator, shorthand

__all__ = [
    "RTS",
    "SETS",
    "STEPS",
    "TC",
    "Addition",
    "Clutter",
    "Corners",
    "Distortion",
    "E",
    "Elastic",
    "NoDistortion",
    "P",
    "Place",
    "R",
    "ResizeCanvas",
    "Rotate",
    "Scale",
    "Set",
    "Shear",
    "Shift",
    "Step",
    "T",
]


class _Set(Section):
    """One set, told from the others by its name."""

    model_config = ConfigDict(json_schema_extra={"required": ["set"]})


class NoDistortion(_Set):
    """The images as they are."""

    set: Literal["none"] = "none"
    """The set."""


class R(_Set):
    """Rotated."""

    set: Literal["R"] = "R"
    """The set."""

    rotation: Angles = (-90.0, 90.0)
    """[low, high] of the angle in degrees, uniform."""

    canvas: Canvas | None = None
    """[height, width] of the result; null for the size of the image."""


class RTS(_Set):
    """Rotated, scaled, and at a random place of a larger canvas."""

    set: Literal["RTS"] = "RTS"
    """The set."""

    rotation: Angles = (-45.0, 45.0)
    """[low, high] of the angle in degrees, uniform."""

    scale: Factors = (0.7, 1.2)
    """[low, high] of the factor, uniform."""

    canvas: Canvas = (42, 42)
    """[height, width] of the result."""


class P(_Set):
    """Scaled, then each corner moved by itself: projective."""

    set: Literal["P"] = "P"
    """The set."""

    scale: Factors = (0.75, 1.0)
    """[low, high] of the factor, uniform."""

    corner_std: Pixels = 5.0
    """Standard deviation of each corner's x and y, normal, in pixels."""

    canvas: Canvas | None = None
    """[height, width] of the result; null for the size of the image."""


class E(_Set):
    """Scaled, then the control points of a thin plate spline moved: elastic."""

    set: Literal["E"] = "E"
    """The set."""

    scale: Factors = (0.75, 1.0)
    """[low, high] of the factor, uniform."""

    elastic_std: Pixels = 1.5
    """Standard deviation of each control point's x and y, normal, in pixels."""

    control_points: Lattice = (4, 4)
    """[rows, columns] of the control points."""

    canvas: Canvas | None = None
    """[height, width] of the result; null for the size of the image."""


class T(_Set):
    """At a random place of a larger canvas."""

    set: Literal["T"] = "T"
    """The set."""

    canvas: Canvas = (60, 60)
    """[height, width] of the result."""


class TC(_Set):
    """At a random place of a larger canvas, among crops of other images."""

    set: Literal["TC"] = "TC"
    """The set."""

    canvas: Canvas = (60, 60)
    """[height, width] of the result."""

    clutter: Count = 6
    """Number of crops."""

    clutter_size: Side = 6
    """Side of a crop, in pixels."""


class Addition(_Set):
    """Two images, each in a channel of its own and distorted as RTS; the label is their sum."""

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
Distortion = Annotated[
    Annotated[Set, shorthand(SETS), Tag("<name>")]
    | Annotated[NoDistortion, Tag("<none>")]
    | Annotated[R, Tag("<R>")]
    | Annotated[RTS, Tag("<RTS>")]
    | Annotated[P, Tag("<P>")]
    | Annotated[E, Tag("<E>")]
    | Annotated[T, Tag("<T>")]
    | Annotated[TC, Tag("<TC>")]
    | Annotated[Addition, Tag("<addition>")]
    | Annotated[Steps, Tag("<steps>")],
    discriminator("set"),
]
"""A set by its name, or as a section with what it changes; or a list of steps."""


def distortion_name(said: dict[str, Any] | list[dict[str, Any]]) -> str:
    """Return the name of a set, or of each step, of what `data.distortion` says in plain data."""
    if isinstance(said, dict):
        return said["set"]
    return " + ".join(step["step"] for step in said) or "none"
