"""Lists of layers, and the layers that contain others: residual, parallel and transformer."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from stnctl.config import transformer_rules as rules
from stnctl.config.choices import HEADS, LOCALIZERS_OF_STEPS
from stnctl.config.layer_sections import (
    ActivationLayer,
    BatchNorm,
    Conv,
    Coords,
    Dense,
    Dropout,
    Factor,
    Flatten,
    Pool,
    Size,
)
from stnctl.config.localizer_sections import LOCALIZERS, LocalizationConfig, NamedLocalizer
from stnctl.config.section import Section, one_of
from stnctl.config.unions import TaggedUnion
from stnctl.geometry.registries import (
    INTERPOLATIONS,
    MAX_CONTROL_POINTS,
    PADDINGS,
    REGRESSED_TRANSFORMS,
)

MAX_LAYERS = 64
"""Maximum number of layers in a list."""

Number = Annotated[float, Field(ge=-1e6, le=1e6)]
Pair = Annotated[tuple[Number, Number], Field(title="[low, high]")]
Row = tuple[Number | None, Number | None, Number | None]
ControlPoints = Annotated[int, Field(ge=2, le=MAX_CONTROL_POINTS)]
Lattice = Annotated[tuple[ControlPoints, ControlPoints], Field(title="[rows, columns]")]
OutputSize = Annotated[tuple[Size, Size], Field(title="[height, width]")]
Count = Annotated[int, Field(ge=1, le=16)]


def _check_no_transformer(layers: "tuple[Layer, ...]") -> "tuple[Layer, ...]":
    """Raise if a localization network contains a transformer."""
    if any(isinstance(layer, TransformerConfig) for layer in walk_layers(layers)):
        raise ValueError("a localization network can't contain a transformer")
    return layers


def _check_branches(branches: "tuple[Layers, ...]") -> "tuple[Layers, ...]":
    """Raise if there is no branch."""
    if not branches:
        raise ValueError("expected at least one branch")
    return branches


class Residual(Section):
    """Layers whose result is added to their input.

    If the number of channels differs, a 1x1 convolution changes that of the input.
    """

    layer: Literal["residual"] = "residual"
    """Name of the layer."""

    layers: "Layers" = ()
    """Layers that keep the size of the map."""


class Parallel(Section):
    """Several lists of layers on the same input, whose results are joined by channel."""

    layer: Literal["parallel"] = "parallel"
    """Name of the layer."""

    branches: "Annotated[tuple[Layers, ...], AfterValidator(_check_branches)]" = Field(
        default=(), max_length=16
    )
    """Lists of layers, one for each branch. An empty list passes the input on."""


class TransformerConfig(Section):
    """Spatial transformer. It samples the map of the layers before it."""

    layer: Literal["transformer"] = "transformer"
    """Name of the layer."""

    localization: "Localization" = LocalizationConfig()
    """Localization network."""

    head: Annotated[Annotated[str, one_of(HEADS)] | None, AfterValidator(rules.check_head)] = None
    """Last layer of the localization network, which gives theta. `residual` is the identity plus a
    linear layer that starts at zero. `bounded` also starts at the identity, and keeps every
    parameter within its `bounds`. `sigmoid` is the naive head of the article, which keeps every
    parameter between 0 and 1. `unit` is `residual` with the angle as a normalized (cos, sin), for
    `rotation`, `rigid` and `similarity`. Null for the head of the named localization network, which
    is `residual` unless its docs name another."""

    bounds: Annotated[tuple[Pair, ...] | None, AfterValidator(rules.check_bounds)] = None
    """One [low, high] for each parameter, in the order of theta. The value of the parameter at the
    identity must be between them. Null for the default bounds of the transform. Only for the head
    `bounded`."""

    transform: Annotated[
        str, one_of(REGRESSED_TRANSFORMS), AfterValidator(rules.check_transform)
    ] = "affine"
    """Family of transforms."""

    constraints: Annotated[tuple[Row, Row] | None, AfterValidator(rules.check_constraints)] = None
    """Fixed entries of the affine matrix [[a, b, tx], [c, d, ty]]. An entry is fixed if it is a
    number, and regressed if it is null. Without a matrix (null), all entries are regressed. Only
    for `affine`."""

    control_points: Annotated[Lattice | None, AfterValidator(rules.check_control_points)] = None
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

    pool: Factor = 1
    """Side of the blocks of an average pool of V, in pixels; 1 for no pool. The paper pools V by 2
    on the sets RTS and TC."""

    parallel: Count = 1
    """Number of transformers side by side on the same U, each with its own localization network.
    Their outputs are joined by channel."""

    steps: Annotated[Count, AfterValidator(rules.check_steps)] = 1
    """Number of iterations. Each step regresses a change of theta from the V of the step before.
    The changes are composed, and the original U is sampled each time (Lin and Lucey 2017). Only for
    transforms that are matrices: all but `thin_plate_spline`."""

    localizers: Annotated[str, one_of(LOCALIZERS_OF_STEPS)] = "shared"
    """Localization networks of the steps: one for all of them (`shared`), or one for each step
    (`separate`)."""

    theta_noise: Annotated[float, Field(ge=0, le=10)] = 0.0
    """Standard deviation of normal noise that is added to each parameter of theta, in training
    only."""

    feed_theta: bool = False
    """Whether theta is also an input of the first dense layer of the network (paper, section
    3.4)."""

    shares: Annotated[int, Field(ge=0, le=MAX_LAYERS)] = 0
    """Number of layers at the start of the classifier that are the first layers of the localization
    network too, with the same weights (arXiv:2004.11678). Only for one transformer in front of the
    classifier."""


LAYERS: dict[str, type[Section]] = {
    "conv": Conv,
    "pool": Pool,
    "dense": Dense,
    "flatten": Flatten,
    "dropout": Dropout,
    "batch_norm": BatchNorm,
    "activation": ActivationLayer,
    "coords": Coords,
    "residual": Residual,
    "parallel": Parallel,
    "transformer": TransformerConfig,
}
Layer = (
    Conv
    | Pool
    | Dense
    | Flatten
    | Dropout
    | BatchNorm
    | ActivationLayer
    | Coords
    | Residual
    | Parallel
    | TransformerConfig
)
if TYPE_CHECKING:
    Layers = tuple[Layer, ...]
    Localization = NamedLocalizer | Layers
else:
    Layers = Annotated[
        tuple[Annotated[Layer, TaggedUnion("layer", LAYERS)], ...],
        Field(
            max_length=MAX_LAYERS,
            json_schema_extra={"errorMessage": f"a list of at most {MAX_LAYERS} layers"},
        ),
    ]
    Localization = Annotated[
        NamedLocalizer | Layers,
        TaggedUnion(
            "network",
            LOCALIZERS,
            default="article",
            items=Annotated[Layers, AfterValidator(_check_no_transformer)],
        ),
    ]
for _section in (Residual, Parallel, TransformerConfig):
    _section.model_rebuild()


def walk_layers(layers: "Layers") -> Iterator["Layer"]:
    """Yield all layers of a list, also those inside residual blocks and parallel branches."""
    for layer in layers:
        yield layer
        if isinstance(layer, Residual):
            yield from walk_layers(layer.layers)
        elif isinstance(layer, Parallel):
            for branch in layer.branches:
                yield from walk_layers(branch)
