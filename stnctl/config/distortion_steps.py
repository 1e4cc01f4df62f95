"""The steps of a distortion, composed in the order in which they are written."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, Tag

from stnctl.config.section import Section
from stnctl.config.unions import discriminator, shorthand


def _ordered(bounds: tuple[float, float]) -> tuple[float, float]:
    """Refuse a range whose ends are swapped."""
    low, high = bounds
    if low > high:
        raise ValueError(f"expected [low, high], the lower one first, got [{low:g}, {high:g}]")
    return bounds


def _range(low: float, high: float) -> Any:
    """Return what names a range and gives an example of one, in the schema and in messages."""
    return Field(title="[low, high]", examples=[[low, high]])


def _clutter_last(steps: tuple["Step", ...]) -> tuple["Step", ...]:
    """Refuse steps after clutter: they would have to be done to it too."""
    if any(isinstance(step, Clutter) for step in steps[:-1]):
        raise ValueError("clutter must be the last step, and the only one of its kind")
    return steps


Angle = Annotated[float, Field(ge=-360, le=360)]
Slant = Annotated[float, Field(ge=-80, le=80)]
Factor = Annotated[float, Field(ge=0.05, le=20)]
Pixels = Annotated[float, Field(ge=0, le=512)]
Side = Annotated[int, Field(ge=1, le=512)]
Angles = Annotated[tuple[Angle, Angle], AfterValidator(_ordered), _range(-30, 30)]
Slants = Annotated[tuple[Slant, Slant], AfterValidator(_ordered), _range(-10, 10)]
Factors = Annotated[tuple[Factor, Factor], AfterValidator(_ordered), _range(0.8, 1.2)]
Distances = Annotated[tuple[Pixels, Pixels], AfterValidator(_ordered), _range(0, 4)]
Canvas = Annotated[tuple[Side, Side], Field(title="[height, width]")]
Points = Annotated[int, Field(ge=2, le=10)]
Lattice = Annotated[tuple[Points, Points], Field(title="[rows, columns]")]
Count = Annotated[int, Field(ge=1, le=100)]


class _Step(Section):
    """One step, told from the others by its name."""

    model_config = ConfigDict(json_schema_extra={"required": ["step"]})


class Rotate(_Step):
    """Turns the image about the center of the canvas."""

    step: Literal["rotate"] = "rotate"
    """The kind of step."""

    degrees: Angles = (-90.0, 90.0)
    """[low, high] of the angle, uniform; a positive one is counterclockwise as seen."""


class Scale(_Step):
    """Magnifies the image about the center of the canvas."""

    step: Literal["scale"] = "scale"
    """The kind of step."""

    factor: Factors = (0.75, 1.0)
    """[low, high] of the factor, uniform; above 1 is larger."""


class Shear(_Step):
    """Slants the image: what is above the center goes to the right."""

    step: Literal["shear"] = "shear"
    """The kind of step."""

    degrees: Slants = (-20.0, 20.0)
    """[low, high] of the slant, uniform."""


class Shift(_Step):
    """Moves the image in a random direction."""

    step: Literal["shift"] = "shift"
    """The kind of step."""

    distance: Distances = (0.0, 4.0)
    """[low, high] of the distance, uniform, in pixels; the direction is uniform too."""


class Corners(_Step):
    """Moves each corner of the canvas by itself, and the image with them: projective."""

    step: Literal["corners"] = "corners"
    """The kind of step."""

    std: Pixels = 5.0
    """Standard deviation of each corner's x and y, normal, in pixels."""


class Elastic(_Step):
    """Moves control points on a regular lattice over the canvas: a thin plate spline."""

    step: Literal["elastic"] = "elastic"
    """The kind of step."""

    std: Pixels = 1.5
    """Standard deviation of each control point's x and y, normal, in pixels."""

    control_points: Lattice = (4, 4)
    """[rows, columns] of the control points."""


class ResizeCanvas(_Step):
    """Changes the canvas, with the image in its center: more background, or less image."""

    step: Literal["canvas"] = "canvas"
    """The kind of step."""

    size: Canvas = (42, 42)
    """[height, width] of the canvas from here on."""


class Place(_Step):
    """Puts the image at a random place of a new canvas: its frame, as if it were not turned."""

    step: Literal["place"] = "place"
    """The kind of step."""

    canvas: Canvas = (60, 60)
    """[height, width] of the canvas from here on."""


class Clutter(_Step):
    """Adds crops of other images at random places, clipped to 1; the last step, if it is one."""

    step: Literal["clutter"] = "clutter"
    """The kind of step."""

    count: Count = 6
    """Number of crops."""

    size: Side = 6
    """Side of a crop, in pixels."""


STEPS: dict[str, type[Section]] = {
    "rotate": Rotate,
    "scale": Scale,
    "shear": Shear,
    "shift": Shift,
    "corners": Corners,
    "elastic": Elastic,
    "canvas": ResizeCanvas,
    "place": Place,
    "clutter": Clutter,
}
Step = Rotate | Scale | Shear | Shift | Corners | Elastic | ResizeCanvas | Place | Clutter
TaggedStep = Annotated[
    Annotated[Step, shorthand(STEPS), Tag("<name>")]
    | Annotated[Rotate, Tag("<rotate>")]
    | Annotated[Scale, Tag("<scale>")]
    | Annotated[Shear, Tag("<shear>")]
    | Annotated[Shift, Tag("<shift>")]
    | Annotated[Corners, Tag("<corners>")]
    | Annotated[Elastic, Tag("<elastic>")]
    | Annotated[ResizeCanvas, Tag("<canvas>")]
    | Annotated[Place, Tag("<place>")]
    | Annotated[Clutter, Tag("<clutter>")],
    discriminator("step"),
]
"""A step by its name, or as a section with what it changes."""

Steps = Annotated[
    tuple[TaggedStep, ...],
    Field(max_length=20, json_schema_extra={"errorMessage": "a list of at most 20 steps"}),
    AfterValidator(_clutter_last),
]
