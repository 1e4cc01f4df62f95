"""Section `data` of a config: the data set and its distortion."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stnctl.config.choices import PIXEL_RANGES
from stnctl.config.distortion_sets import Distortion, NoDistortion
from stnctl.config.distortion_steps import Side
from stnctl.config.section import Section, distinct, one_of

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
            "patternErrorMessage": "mnist, digits, the name of another set, or a path of at most "
            "4096 characters, without control characters"
        },
    ),
]
CLASS_NAME = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,100}$"
"""Pattern of the name of a class."""

ClassName = Annotated[
    str,
    Field(
        pattern=CLASS_NAME,
        json_schema_extra={
            "patternErrorMessage": "a name of at most 100 characters, without control characters"
        },
    ),
]
MAX_CLASSES = 1000
ClassNames = Annotated[
    tuple[ClassName, ...], Field(min_length=2, max_length=MAX_CLASSES), AfterValidator(distinct)
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

    x_test: Key | None = "x_test"
    """Test images; null to use the images of `data.test`."""

    y_test: Key | None = "y_test"
    """Test labels."""

    @model_validator(mode="after")
    def _splits_need_both(self) -> Self:
        for split in ("validation", "test"):
            images, labels = f"x_{split}", f"y_{split}"
            if (getattr(self, images) is None) != (getattr(self, labels) is None):
                missing = images if getattr(self, images) is None else labels
                raise ValueError(f"{images} and {labels} belong together, but {missing} is missing")
        return self


class DataConfig(Section):
    """Data set and its distortion."""

    source: Source = "mnist"
    """`digits` (embedded in stnctl), the name of a published set such as `mnist`, which is
    downloaded once, or a path. The path is an .npz file with the arrays of `keys`, a folder of IDX
    files, or a folder with a folder of images for each class, relative to the current folder."""

    offline: Literal["digits"] | None = None
    """Data set to use if `mnist` can't be downloaded: `digits`, or null to stop with an error."""

    validation: Share | Literal["test"] = 0.1
    """Fraction of the training set that is held out as the validation set, which determines the
    best checkpoint. Its images are drawn at random, but are the same in every run. `test` validates
    on the test set, as the article did, and holds nothing out. If `keys.x_validation` is given, the
    validation set is that of the file instead."""

    test: Share | None = None
    """Fraction of the images that becomes the test set, if the source has none. They are drawn at
    random, but are the same in every run."""

    classes: ClassNames | None = None
    """Names of the classes, in the order of the labels; null for the names that the source has, or
    else numbers. For a folder of images: the folders of classes to read."""

    first_label: Annotated[int, Field(ge=0, lt=MAX_CLASSES)] = 0
    """Label of the first class in the source, such as 1 if its labels are 1 to 26."""

    train_size: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None
    """Number of training images; null for all of them. They are drawn at random by `seed`, from
    those that are not held out. With the same seed, a smaller number draws some of the images of a
    larger one. The validation and the test images do not depend on it."""

    pixels: Annotated[str, one_of(PIXEL_RANGES)] = "unit"
    """Range of the network's input: `unit` is 0 to 1, `raw` is 0 to 255."""

    keys: ArrayKeys = ArrayKeys()
    """Names of the arrays, if the source is an .npz file."""

    image_shape: Sides | SidesAndChannels | None = None
    """[height, width] or [height, width, channels] of an image. For an .npz file with flat rows:
    the shape of the stored images. For a folder of images: the size to which the images are scaled,
    and 1 channel (gray, the default) or 3 (RGB). Null if the stored images already have one
    shape."""

    distortion: Distortion = NoDistortion()
    """Distortion of the images: `none`, a set of the paper, or a list of steps. The sets are `R`,
    `RTS`, `P`, `E`, `T`, `TC` and `addition`. A set is given by its name, or as a section with the
    values that differ from its defaults."""

    test_seed: Seed = 0
    """Seed of the distortions of the validation and test images, which are the same in every epoch.
    The distortions of the training images are new in each epoch, and depend on `seed`."""
