"""Section `data` of a config: the data set and its distortion."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from stnctl.config.choices import NAMED_SOURCES, PIXEL_RANGES
from stnctl.config.distortion_sets import Distortion, NoDistortion
from stnctl.config.distortion_steps import Side
from stnctl.config.section import Section, one_of

Share = Annotated[float, Field(gt=0, le=0.5)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        json_schema_extra={"patternErrorMessage": "a name of 1 to 200 characters"},
    ),
]
Source = Annotated[
    str,
    Field(
        max_length=4096,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$",
        json_schema_extra={
            "patternErrorMessage": f"{', '.join(NAMED_SOURCES)}, or a path of at most 4096 "
            "characters, without control characters"
        },
    ),
]
_SHAPE = Field(title="[height, width] or [height, width, channels]")
Sides = Annotated[tuple[Side, Side], _SHAPE]
SidesAndChannels = Annotated[tuple[Side, Side, Side], _SHAPE]


class ArrayKeys(Section):
    """Names of the arrays in an .npz file."""

    x_train: Key = "x_train"
    """Training images."""

    y_train: Key = "y_train"
    """Training labels."""

    x_validation: Key | None = None
    """Validation images; null to use the images of `data.validation`."""

    y_validation: Key | None = None
    """Validation labels."""

    x_test: Key = "x_test"
    """Test images."""

    y_test: Key = "y_test"
    """Test labels."""

    @model_validator(mode="after")
    def _validation_needs_both(self) -> Self:
        if (self.x_validation is None) != (self.y_validation is None):
            missing = "x_validation" if self.x_validation is None else "y_validation"
            raise ValueError(
                f"x_validation and y_validation belong together, but {missing} is missing"
            )
        return self


class DataConfig(Section):
    """Data set and its distortion."""

    source: Source = "mnist"
    """`mnist` (downloaded once), `digits` (embedded in stnctl), or a path. The path is an .npz file
    with the arrays of `keys`, or a folder of IDX files, relative to the current folder."""

    offline: Literal["digits"] | None = None
    """Data set to use if `mnist` can't be downloaded: `digits`, or null to stop with an error."""

    validation: Share | Literal["test"] = 0.1
    """Fraction of the training set that is held out as the validation set, which determines the
    best checkpoint. Its images are drawn at random, but are the same in every run. `test` validates
    on the test set, as the article did, and holds nothing out. If `keys.x_validation` is given, the
    validation set is that of the file instead."""

    train_size: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """Number of training images; null for all of them. They are drawn at random by `seed`, from
    those that are not held out. With the same seed, a smaller number draws some of the images of a
    larger one. The validation and the test images do not depend on it."""

    pixels: Annotated[str, one_of(PIXEL_RANGES)] = "unit"
    """Range of the network's input: `unit` is 0 to 1, `raw` is 0 to 255."""

    keys: ArrayKeys = ArrayKeys()
    """Names of the arrays, if the source is an .npz file."""

    image_shape: Sides | SidesAndChannels | None = None
    """Shape of images that the file stores as flat rows: [height, width] or [height, width,
    channels]. Null if the stored images already have their shape."""

    distortion: Distortion = NoDistortion()
    """Distortion of the images: `none`, a set of the paper, or a list of steps. The sets are `R`,
    `RTS`, `P`, `E`, `T`, `TC` and `addition`. A set is given by its name, or as a section with the
    values that differ from its defaults."""

    test_seed: Seed = 0
    """Seed of the distortions of the validation and test images, which are the same in every epoch.
    The distortions of the training images are new in each epoch, and depend on `seed`."""
