"""Schema of a config. The classes of the sections define all defaults."""

from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from stnctl.config.choices import (
    ACTIVATIONS,
    HEADS,
    RUN_NAME,
    RUN_NAME_RULE,
)
from stnctl.config.data_section import DataConfig, Seed
from stnctl.config.migrations import VERSION
from stnctl.config.section import Section, one_of
from stnctl.config.train_section import TrainConfig
from stnctl.geometry.registries import (
    INTERPOLATIONS,
    MAX_CONTROL_POINTS,
    PADDINGS,
    REGRESSED_TRANSFORMS,
)

Version = Annotated[int, Field(ge=VERSION, le=VERSION, json_schema_extra={"minimum": 1})]
Amount = Annotated[int, Field(ge=1, le=2**50)]
Size = Annotated[int, Field(ge=1, le=4096)]
Filters = Annotated[tuple[Size, ...], Field(max_length=12)]
Number = Annotated[float, Field(ge=-1e6, le=1e6)]
Pair = Annotated[tuple[Number, Number], Field(title="[low, high]")]
Row = tuple[Number | None, Number | None, Number | None]
ControlPoints = Annotated[int, Field(ge=2, le=MAX_CONTROL_POINTS)]
Lattice = Annotated[tuple[ControlPoints, ControlPoints], Field(title="[rows, columns]")]
OutputSize = Annotated[tuple[Size, Size], Field(title="[height, width]")]
Activation = Annotated[str, one_of(ACTIVATIONS)]
RunName = Annotated[
    str,
    Field(
        pattern=f"^{RUN_NAME}$",
        json_schema_extra={"patternErrorMessage": RUN_NAME_RULE},
    ),
]


def _only_with(key: str, choice: str, value: Any, info: ValidationInfo) -> Any:
    """Return the value of a field that is allowed only if ``key`` has the value ``choice``.

    Raises:
        ValueError: If the value is not null, and ``key`` has another value.
    """
    if value is not None and key in info.data and info.data[key] != choice:
        raise ValueError(
            f"belongs to the {key} {choice}, but the {key} is {info.data[key]}: leave it null"
        )
    return value


class BottleneckConfig(Section):
    """A narrow dense layer between the convolutions and the head."""

    units: Size = 6
    """Number of units."""

    activation: Activation = "tanh"
    """Activation of the layer."""

    activity_l2: Annotated[float, Field(ge=0)] = 0.01
    """Weight of the L2 penalty on the outputs of the layer."""


class LocalizationConfig(Section):
    """Localization network, U -> theta: convolutions with 2x2 max-pools, then a head."""

    filters: Filters = (64, 64, 64)
    """Number of filters of each convolution."""

    kernel_size: Annotated[int, Field(ge=1, le=31)] = 3
    """Side of every kernel in pixels."""

    activation: Activation = "sigmoid"
    """Activation of every convolution."""

    bottleneck: BottleneckConfig | None = None
    """A narrow dense layer between the convolutions and the head, or null."""

    head: Annotated[str, one_of(HEADS)] = "residual"
    """Last layer, which gives theta. `residual` is the identity plus a linear layer that starts at
    zero. `bounded` also starts at the identity, and keeps every parameter within its `bounds`.
    `sigmoid` is the naive head of the article, which keeps every parameter between 0 and 1."""

    bounds: tuple[Pair, ...] | None = None
    """[low, high] of each parameter, in the order of theta. The value of the parameter at the
    identity must be between them. Null for the default bounds of the transform. Only for the head
    `bounded`."""

    @field_validator("bounds")
    @classmethod
    def _bounds_need_their_head(cls, value: Any, info: ValidationInfo) -> Any:
        return _only_with("head", "bounded", value, info)


class TransformerConfig(Section):
    """Spatial transformer in front of the classifier."""

    localization: LocalizationConfig = LocalizationConfig()
    """Localization network."""

    transform: Annotated[str, one_of(REGRESSED_TRANSFORMS)] = "affine"
    """Family of transforms."""

    constraints: tuple[Row, Row] | None = None
    """Fixed entries of the affine matrix [[a, b, tx], [c, d, ty]]. An entry is fixed if it is a
    number, and regressed if it is null. Without a matrix (null), all entries are regressed. Only
    for `affine`."""

    control_points: Lattice | None = None
    """[rows, columns] of control points; null for [4, 4]. Only for `thin_plate_spline`."""

    output_size: OutputSize | None = None
    """[height, width] of V; null for the size of U."""

    interpolation: Annotated[str, one_of(INTERPOLATIONS)] = "bilinear"
    """Interpolation between pixels. `quadratic` and `cubic` are B-splines. `area` averages several
    pixels of U where V shows them smaller. With `nearest`, theta has no gradient, so the
    localization network does not learn."""

    padding: Annotated[str, one_of(PADDINGS)] = "zeros"
    """Values outside U: zeros, the outermost pixels of U (`border`), the mirror image of U
    (`reflection`), or `fill_value` (`value`)."""

    fill_value: Number = 0.0
    """Value outside U for the padding `value`, in the range of `data.pixels`."""

    align_corners: bool = True
    """Whether the coordinates -1 and 1 are the centers of the corner pixels (true) or their outer
    edges (false)."""

    @field_validator("constraints")
    @classmethod
    def _constraints_leave_some_free(cls, value: Any, info: ValidationInfo) -> Any:
        if value is not None and all(None not in row for row in value):
            raise ValueError("all entries are fixed: expected at least one null (regressed)")
        return _only_with("transform", "affine", value, info)

    @field_validator("control_points")
    @classmethod
    def _control_points_need_their_family(cls, value: Any, info: ValidationInfo) -> Any:
        return _only_with("transform", "thin_plate_spline", value, info)


class ClassifierConfig(Section):
    """Classifier: convolutions with 2x2 max-pools, a dense layer, a softmax."""

    filters: Filters = (32, 64)
    """Number of filters of each convolution."""

    kernel_size: Annotated[int, Field(ge=1, le=31)] = 3
    """Side of every kernel in pixels."""

    activation: Activation = "relu"
    """Activation of every convolution."""

    units: Size = 128
    """Number of units of the dense layer."""

    units_activation: Activation = "sigmoid"
    """Activation of the dense layer."""

    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Fraction of the outputs of the dense layer that is dropped in training."""


class ModelConfig(Section):
    """Network."""

    transformer: TransformerConfig | None = None
    """Spatial transformer, or null for a plain CNN."""

    classifier: ClassifierConfig = ClassifierConfig()
    """Classifier."""


class LimitsConfig(Section):
    """Limits of the size of the network and of the memory of its training."""

    max_parameters: Amount = 50_000_000
    """Maximum number of parameters of the network."""

    max_bytes: Amount = 8 * 2**30
    """Maximum estimated memory of a training in bytes. The estimate covers the weights with their
    gradients, optimizer values and checkpoints, the activations of a batch, and the distortion. It
    does not cover the libraries, up to 1 GB, and the data set."""


class Config(Section):
    """Config of an experiment."""

    schema_version: Version = VERSION
    """Version of the schema. Files of earlier versions are read too. A file without this key has
    version 1."""

    name: RunName | None = None
    """First part of the name of the run; null for the name of the config file."""

    seed: Seed = 0
    """Seed of the initial weights, of dropout, and of the order and the distortions of the training
    images."""

    data: DataConfig = DataConfig()
    """Data set and its distortion."""

    model: ModelConfig = ModelConfig()
    """Network."""

    train: TrainConfig = TrainConfig()
    """Training."""

    limits: LimitsConfig = LimitsConfig()
    """Limits of the size of the network and of the memory of its training."""
