"""Steps of a distortion, composed in the order of the config.

The class of a step has its keys with their limits, the units of the values that are drawn at
random, and the name of the key that gives its main value in the paper's sets (R, RTS, ...).
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
    """Return the metadata of a range; [low, high] is the example in the schema and messages."""
    return Field(title="[low, high]", examples=[[low, high]])


def _check_clutter_is_last(steps: tuple["Step", ...]) -> tuple["Step", ...]:
    """Raise if a step follows clutter, because it would have to distort the crops too."""
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
    """Base class of the section of a step.

    Attributes:
        units: Name of a value that is drawn at random -> its unit.
        set_key: In the paper's sets (R, RTS, ...), the name of the key that gives the main value of
            this step; None if there is no such key.
    """

    units: ClassVar[dict[str, str]] = {}
    set_key: ClassVar[str | None] = None


class Rotate(StepSection):
    """Rotation about the center of the canvas."""

    units: ClassVar[dict[str, str]] = {"rotation": "degrees"}
    set_key: ClassVar[str | None] = "rotation"

    step: Literal["rotate"] = "rotate"
    """Name of the step."""

    degrees: Angles = (-90.0, 90.0)
    """Range [low, high] of the angle in degrees, drawn uniformly. A positive angle rotates the
    displayed image counterclockwise."""


class Scale(StepSection):
    """Scaling about the center of the canvas."""

    units: ClassVar[dict[str, str]] = {"scale": "factor"}
    set_key: ClassVar[str | None] = "scale"

    step: Literal["scale"] = "scale"
    """Name of the step."""

    factor: Factors = (0.75, 1.0)
    """Range [low, high] of the factor, drawn uniformly. A factor above 1 enlarges the image."""


class Shear(StepSection):
    """Horizontal shear. A positive angle moves the part above the center to the right."""

    units: ClassVar[dict[str, str]] = {"shear": "degrees"}

    step: Literal["shear"] = "shear"
    """Name of the step."""

    degrees: Slants = (-20.0, 20.0)
    """Range [low, high] of the shear angle in degrees, drawn uniformly."""


class Shift(StepSection):
    """Shift in a random direction."""

    units: ClassVar[dict[str, str]] = {"shift_x": "pixels", "shift_y": "pixels"}

    step: Literal["shift"] = "shift"
    """Name of the step."""

    distance: Distances = (0.0, 4.0)
    """Range [low, high] of the distance in pixels, drawn uniformly. The direction is uniform
    too."""


class Corners(StepSection):
    """Projective distortion by independent random shifts of the four corners of the canvas."""

    units: ClassVar[dict[str, str]] = {"corner_x": "pixels", "corner_y": "pixels"}
    set_key: ClassVar[str | None] = "corner_std"

    step: Literal["corners"] = "corners"
    """Name of the step."""

    std: Pixels = 5.0
    """Standard deviation of the normal shifts of each corner in x and y, in pixels."""


class Elastic(StepSection):
    """Thin plate spline by random shifts of control points on a regular lattice over the canvas."""

    units: ClassVar[dict[str, str]] = {"elastic_x": "pixels", "elastic_y": "pixels"}
    set_key: ClassVar[str | None] = "elastic_std"

    step: Literal["elastic"] = "elastic"
    """Name of the step."""

    std: Pixels = 1.5
    """Standard deviation of the normal shifts of each control point in x and y, in pixels."""

    control_points: Lattice = (4, 4)
    """[rows, columns] of the control points."""


class ResizeCanvas(StepSection):
    """A new canvas with the image at its center.

    A larger canvas adds background; a smaller one crops the image.
    """

    set_key: ClassVar[str | None] = "canvas"

    step: Literal["canvas"] = "canvas"
    """Name of the step."""

    size: Canvas = (42, 42)
    """[height, width] of the new canvas in pixels."""


class Place(StepSection):
    """A random position of the image on a new canvas.

    The scaled image without its rotation is completely inside the canvas, if it fits.
    """

    units: ClassVar[dict[str, str]] = {"shift_x": "pixels", "shift_y": "pixels"}
    set_key: ClassVar[str | None] = "canvas"

    step: Literal["place"] = "place"
    """Name of the step."""

    canvas: Canvas = (60, 60)
    """[height, width] of the new canvas in pixels."""


class Clutter(StepSection):
    """Crops of other images, added at random positions. Sums above 1 are clipped to 1.

    It must be the last step.
    """

    step: Literal["clutter"] = "clutter"
    """Name of the step."""

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
"""A step, by its name or as a section with changed values."""

Steps = Annotated[
    tuple[TaggedStep, ...],
    Field(max_length=20, json_schema_extra={"errorMessage": "a list of at most 20 steps"}),
    AfterValidator(_check_clutter_is_last),
]
