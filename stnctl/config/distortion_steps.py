"""The steps of a distortion, composed in the order in which they are written.

A step's facts are in its class: the keys with their ranges, the units of the drawn values, and the
key of the sets of the paper that gives them.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from stnctl.config.section import Section
from stnctl.config.unions import TaggedUnion


def _check_order(bounds: tuple[float, float]) -> tuple[float, float]:
    """Raise if the ends of a range are swapped."""
    low, high = bounds
    if low > high:
        raise ValueError(f"expected [low, high], the lower one first, got [{low:g}, {high:g}]")
    return bounds


def _range(low: float, high: float) -> Any:
    """Return the metadata of a range, with an example for the schema and the messages."""
    return Field(title="[low, high]", examples=[[low, high]])


def _check_clutter_is_last(steps: tuple["Step", ...]) -> tuple["Step", ...]:
    """Raise if steps follow clutter: they would have to distort it too."""
    if any(isinstance(step, Clutter) for step in steps[:-1]):
        raise ValueError("clutter must be the last step, and the only clutter step")
    return steps


Angle = Annotated[float, Field(ge=-360, le=360)]
Slant = Annotated[float, Field(ge=-80, le=80)]
Factor = Annotated[float, Field(ge=0.05, le=20)]
Pixels = Annotated[float, Field(ge=0, le=512)]
Side = Annotated[int, Field(ge=1, le=512)]
Angles = Annotated[tuple[Angle, Angle], AfterValidator(_check_order), _range(-30, 30)]
Slants = Annotated[tuple[Slant, Slant], AfterValidator(_check_order), _range(-10, 10)]
Factors = Annotated[tuple[Factor, Factor], AfterValidator(_check_order), _range(0.8, 1.2)]
Distances = Annotated[tuple[Pixels, Pixels], AfterValidator(_check_order), _range(0, 4)]
Canvas = Annotated[tuple[Side, Side], Field(title="[height, width]")]
Points = Annotated[int, Field(ge=2, le=10)]
Lattice = Annotated[tuple[Points, Points], Field(title="[rows, columns]")]
Count = Annotated[int, Field(ge=1, le=100)]


class StepSection(Section):
    """The section of one step.

    Attributes:
        units: Name of a drawn value -> its unit.
        set_key: The key that gives the step's main value in a set of the paper, or None.
    """

    units: ClassVar[dict[str, str]] = {}
    set_key: ClassVar[str | None] = None


class Rotate(StepSection):
    """Rotation about the center of the canvas."""

    units: ClassVar[dict[str, str]] = {"rotation": "degrees"}
    set_key: ClassVar[str | None] = "rotation"

    step: Literal["rotate"] = "rotate"
    """The kind of step."""

    degrees: Angles = (-90.0, 90.0)
    """[low, high] of the angle in degrees, uniform; positive is counterclockwise as seen."""


class Scale(StepSection):
    """Scaling about the center of the canvas."""

    units: ClassVar[dict[str, str]] = {"scale": "factor"}
    set_key: ClassVar[str | None] = "scale"

    step: Literal["scale"] = "scale"
    """The kind of step."""

    factor: Factors = (0.75, 1.0)
    """[low, high] of the factor, uniform; above 1 enlarges."""


class Shear(StepSection):
    """Horizontal shear: the part above the center moves to the right."""

    units: ClassVar[dict[str, str]] = {"shear": "degrees"}

    step: Literal["shear"] = "shear"
    """The kind of step."""

    degrees: Slants = (-20.0, 20.0)
    """[low, high] of the shear angle in degrees, uniform."""


class Shift(StepSection):
    """Shift in a random direction."""

    units: ClassVar[dict[str, str]] = {"shift_x": "pixels", "shift_y": "pixels"}

    step: Literal["shift"] = "shift"
    """The kind of step."""

    distance: Distances = (0.0, 4.0)
    """[low, high] of the distance in pixels, uniform; the direction is uniform too."""


class Corners(StepSection):
    """Independent shifts of the four corners of the canvas: a projective distortion."""

    units: ClassVar[dict[str, str]] = {"corner_x": "pixels", "corner_y": "pixels"}
    set_key: ClassVar[str | None] = "corner_std"

    step: Literal["corners"] = "corners"
    """The kind of step."""

    std: Pixels = 5.0
    """Standard deviation of the x and y of each corner, normal, in pixels."""


class Elastic(StepSection):
    """Shifts of control points on a regular lattice over the canvas: a thin plate spline."""

    units: ClassVar[dict[str, str]] = {"elastic_x": "pixels", "elastic_y": "pixels"}
    set_key: ClassVar[str | None] = "elastic_std"

    step: Literal["elastic"] = "elastic"
    """The kind of step."""

    std: Pixels = 1.5
    """Standard deviation of the x and y of each control point, normal, in pixels."""

    control_points: Lattice = (4, 4)
    """[rows, columns] of the control points."""


class ResizeCanvas(StepSection):
    """A new canvas with the image at its center: more background, or a cropped image."""

    set_key: ClassVar[str | None] = "canvas"

    step: Literal["canvas"] = "canvas"
    """The kind of step."""

    size: Canvas = (42, 42)
    """[height, width] of the new canvas."""


class Place(StepSection):
    """A random position on a new canvas. The scaled image without its rotation is inside it."""

    units: ClassVar[dict[str, str]] = {"shift_x": "pixels", "shift_y": "pixels"}
    set_key: ClassVar[str | None] = "canvas"

    step: Literal["place"] = "place"
    """The kind of step."""

    canvas: Canvas = (60, 60)
    """[height, width] of the new canvas."""


class Clutter(StepSection):
    """Crops of other images at random positions, with sums clipped to 1. Only as the last step."""

    step: Literal["clutter"] = "clutter"
    """The kind of step."""

    count: Count = 6
    """Number of crops."""

    size: Side = 6
    """Side of each crop in pixels."""


STEPS: dict[str, type[StepSection]] = {
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
TaggedStep = Annotated[Step, TaggedUnion("step", STEPS)]
"""A step by its name, or as a section with changes."""

Steps = Annotated[
    tuple[TaggedStep, ...],
    Field(max_length=20, json_schema_extra={"errorMessage": "a list of at most 20 steps"}),
    AfterValidator(_check_clutter_is_last),
]
