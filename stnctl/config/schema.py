"""What a configuration may say. Every default lives in these classes, and only there."""

from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from stnctl.config.data_section import ArrayKeys, DataConfig, Seed
from stnctl.config.section import Section

Amount = Annotated[int, Field(ge=1, le=2**50)]


class LimitsConfig(Section):
    """How large a network and its training may be."""

    max_parameters: Amount = 50_000_000
    """Numbers that the network may learn."""

    max_bytes: Amount = 8 * 2**30
    """Memory that a training step may take, as estimated: the weights with their gradients and what
    the optimizer keeps of them, and the maps of a batch."""


__all__ = [
    "Activation",
    "ArrayKeys",
    "BottleneckConfig",
    "ClassifierConfig",
    "Config",
    "DataConfig",
    "LimitsConfig",
    "LocalizationConfig",
    "ModelConfig",
    "TrainConfig",
    "TransformerConfig",
]

Size = Annotated[int, Field(ge=1, le=4096)]
Filters = Annotated[tuple[Size, ...], Field(max_length=12)]
Number = Annotated[float, Field(ge=-1e6, le=1e6)]
Pair = Annotated[tuple[Number, Number], Field(title="[low, high]")]
Row = tuple[Number | None, Number | None, Number | None]
ControlPoints = Annotated[int, Field(ge=2, le=32)]
Lattice = Annotated[tuple[ControlPoints, ControlPoints], Field(title="[rows, columns]")]
OutputSize = Annotated[tuple[Size, Size], Field(title="[height, width]")]
Activation = Literal["linear", "relu", "sigmoid", "tanh"]
Interval = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,8} (steps|seconds)$",
        json_schema_extra={"patternErrorMessage": "such as `300 seconds` or `500 steps`"},
    ),
]
RunName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
        json_schema_extra={
            "patternErrorMessage": "a name of at most 64 letters, digits, '.', '_' and '-', "
            "the first a letter or a digit"
        },
    ),
]


def _only_with(key: str, choice: str, value: Any, info: ValidationInfo) -> Any:
    """Return the value of a key, if it is null, or if another, earlier ``key`` has the choice."""
    if value is not None and key in info.data and info.data[key] != choice:
        raise ValueError(
            f"belongs to the {key} {choice}, but the {key} is {info.data[key]}: leave it null"
        )
    return value


class BottleneckConfig(Section):
    """A narrow dense layer before the regression of theta."""

    units: Size = 6
    """Number of units."""

    activation: Activation = "tanh"
    """Its activation."""

    activity_l2: Annotated[float, Field(ge=0)] = 0.01
    """Weight of the L2 penalty on its output."""


class LocalizationConfig(Section):
    """The localization network, U -> theta: convolutions with 2x2 max-pools, then a regression."""

    filters: Filters = (64, 64, 64)
    """Filters of each convolution."""

    kernel_size: Annotated[int, Field(ge=1, le=31)] = 3
    """Side of every kernel."""

    activation: Activation = "sigmoid"
    """Activation of every convolution."""

    bottleneck: BottleneckConfig | None = None
    """A dense layer between the convolutions and the regression, or null."""

    head: Literal["residual", "bounded", "sigmoid"] = "residual"
    """How theta is regressed: `residual` is the identity plus a linear layer that starts at zero;
    `bounded` starts at the identity too, and keeps every parameter within its bounds; `sigmoid` is
    the article's naive head, every parameter between 0 and 1."""

    bounds: tuple[Pair, ...] | None = None
    """[low, high] of each parameter, in the order of theta, with the identity's value between; null
    for the bounds of the family. Only for the head `bounded`."""

    @field_validator("bounds")
    @classmethod
    def _bounds_need_their_head(cls, value: Any, info: ValidationInfo) -> Any:
        return _only_with("head", "bounded", value, info)


class TransformerConfig(Section):
    """A spatial transformer before the classifier."""

    localization: LocalizationConfig = LocalizationConfig()
    """The localization network."""

    transform: Literal[
        "translation",
        "rotation",
        "rigid",
        "similarity",
        "attention",
        "scale_translation",
        "affine",
        "projective",
        "thin_plate_spline",
        "diffeomorphic_affine",
    ] = "affine"
    """The family of transforms."""

    constraints: tuple[Row, Row] | None = None
    """Which entries of an affine matrix are fixed, as [[a, b, tx], [c, d, ty]]: a number is fixed
    to its value, null is free and regressed; null for all: all are free. Only for `affine`."""

    control_points: Lattice | None = None
    """[rows, columns] of the control points of a thin plate spline; null for [4, 4]. Only for
    `thin_plate_spline`."""

    output_size: OutputSize | None = None
    """[height, width] of V; null for the size of U."""

    interpolation: Literal["nearest", "bilinear", "bicubic", "quadratic", "cubic", "area"] = (
        "bilinear"
    )
    """How the sampler reads between pixels: `quadratic` and `cubic` are B-splines, `area` averages
    where V zooms out. With `nearest`, theta has no gradient, and does not learn."""

    padding: Literal["zeros", "border", "reflection", "value"] = "zeros"
    """What lies outside U: zeros, its outermost pixels, its mirror image, or the `fill_value`."""

    fill_value: Number = 0.0
    """What the padding `value` reads outside U, in the range of `data.pixels`."""

    align_corners: bool = True
    """Whether -1 and 1 are the centers of the corner pixels, or their outer edges."""

    @field_validator("constraints")
    @classmethod
    def _constraints_leave_some_free(cls, value: Any, info: ValidationInfo) -> Any:
        if value is not None and all(None not in row for row in value):
            raise ValueError("all entries are fixed, so nothing is left to learn; free one (null)")
        return _only_with("transform", "affine", value, info)

    @field_validator("control_points")
    @classmethod
    def _control_points_need_their_family(cls, value: Any, info: ValidationInfo) -> Any:
        return _only_with("transform", "thin_plate_spline", value, info)


class ClassifierConfig(Section):
    """The classifier: convolutions with 2x2 max-pools, a dense layer, a softmax."""

    filters: Filters = (32, 64)
    """Filters of each convolution."""

    kernel_size: Annotated[int, Field(ge=1, le=31)] = 3
    """Side of every kernel."""

    activation: Activation = "relu"
    """Activation of every convolution."""

    units: Size = 128
    """Units of the dense layer."""

    units_activation: Activation = "sigmoid"
    """Activation of the dense layer."""

    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """Share of the dense layer's outputs dropped while training."""


class ModelConfig(Section):
    """The network."""

    transformer: TransformerConfig | None = None
    """The spatial transformer, or null for a plain CNN."""

    classifier: ClassifierConfig = ClassifierConfig()
    """The classifier."""


class TrainConfig(Section):
    """How to train."""

    epochs: Annotated[int, Field(ge=1, le=100_000)] = 10
    """Passes over the training set."""

    batch_size: Annotated[int, Field(ge=1, le=65_536)] = 32
    """Images per step."""

    optimizer: Literal["adam", "sgd"] = "adam"
    """The optimizer."""

    learning_rate: Annotated[float, Field(gt=0)] = 0.001
    """Its learning rate."""

    schedule: Literal["constant", "cosine"] = "constant"
    """How the learning rate goes on: `cosine` falls from it to zero at the end of the last epoch,
    along half a cosine."""

    ema: Annotated[float, Field(gt=0, lt=1)] | None = None
    """Momentum of a moving average of the weights, taken every step, or null for none. The average
    is what is validated, evaluated and inspected; training goes on from the weights themselves."""

    patience: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Stop after so many epochs without a better validation, or never if null."""

    checkpoint_every: Interval | None = "300 seconds"
    """How often to commit the state within an epoch, as `300 seconds` or `500 steps`; each epoch's
    end is committed in any case."""

    threads: Annotated[int, Field(ge=1, le=256)] = 2
    """CPU threads of one operation. Fixed, since results depend on it to the last bits."""


class Config(Section):
    """A whole experiment."""

    name: RunName | None = None
    """First part of the run's name; the name of the file if null."""

    seed: Seed = 0
    """Seed of the initial weights, of the order of the data, of its distortions, and of dropout."""

    data: DataConfig = DataConfig()
    """What to train and measure on."""

    model: ModelConfig = ModelConfig()
    """The network."""

    train: TrainConfig = TrainConfig()
    """How to train."""

    limits: LimitsConfig = LimitsConfig()
    """How large it may be."""
