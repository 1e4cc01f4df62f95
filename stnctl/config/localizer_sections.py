"""Localization networks by name. Each becomes a list of layers in `stnctl.models.localizers`."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from stnctl.config.layer_sections import Activation, Factor, Kernel, Penalty, Size
from stnctl.config.section import Section

ANGLE = "angle"
"""Name of the parameter of a transform that the head `unit` regresses as a vector (cos, sin)."""

UNIT = "unit"
"""Name of the head for transforms with an angle."""

Filters = Annotated[tuple[Size, ...], Field(max_length=12)]


class BottleneckConfig(Section):
    """A narrow dense layer between the convolutions and the head."""

    units: Size = 6
    """Number of units."""

    activation: Activation = "tanh"
    """Activation of the layer."""

    activity_l2: Penalty = 0.01
    """Weight of the L2 penalty on the outputs of the layer."""


class LocalizerSection(Section):
    """Base class of the named localization networks.

    Attributes:
        head: The head of the transformer if its config names none.
    """

    head: ClassVar[str] = "residual"

    network: str
    """Name of the network."""

    pool: Factor = 1
    """Side of the blocks of an average pool before the network, in pixels. So the network looks at
    a coarser map than the transformer samples. 1 for no pool."""


class LocalizationConfig(LocalizerSection):
    """Localization network of the article: convolutions with 2x2 max-pools."""

    network: Literal["article"] = "article"
    """Name of the network."""

    filters: Filters = (64, 64, 64)
    """Number of filters of each convolution."""

    kernel_size: Kernel = 3
    """Side of every kernel in pixels."""

    activation: Activation = "sigmoid"
    """Activation of every convolution."""

    bottleneck: BottleneckConfig | None = None
    """A narrow dense layer between the convolutions and the head, or null."""


class NaiveLocalizer(LocalizationConfig):
    """Localization network of the article that fails: `article` with the head `sigmoid`."""

    head: ClassVar[str] = "sigmoid"

    network: Literal["article_naive"] = "article_naive"  # type: ignore[assignment]
    """Name of the network."""


class PaperFcnLocalizer(LocalizerSection):
    """Localization network of the paper's ST-FCN: dense layers."""

    network: Literal["paper_fcn"] = "paper_fcn"
    """Name of the network."""

    units: Filters = (32, 32, 32)
    """Number of units of each dense layer."""

    activation: Activation = "relu"
    """Activation of every layer."""


class PaperCnnLocalizer(LocalizerSection):
    """Localization network of the paper's ST-CNN: two convolutions and a dense layer."""

    network: Literal["paper_cnn"] = "paper_cnn"
    """Name of the network."""

    pool: Factor = 2
    """Side of the blocks of an average pool before the network, in pixels. 1 for no pool."""

    filters: Filters = (20, 20)
    """Number of filters of each convolution. A 2x2 max-pool follows each of them but the last."""

    kernel_size: Kernel = 5
    """Side of every kernel in pixels."""

    units: Size = 20
    """Number of units of the dense layer."""

    activation: Activation = "relu"
    """Activation of every layer."""


class CompactLocalizer(LocalizerSection):
    """Small localization network with batch normalization and a hidden dense layer."""

    network: Literal["compact"] = "compact"
    """Name of the network."""

    pool: Factor = 2
    """Side of the blocks of an average pool before the network, in pixels. 1 for no pool."""

    filters: Filters = (16, 32)
    """Number of filters of each 3x3 convolution. A 2x2 max-pool follows each of them."""

    units: Size = 32
    """Number of units of the hidden dense layer."""


class PolarLocalizer(LocalizerSection):
    """Localization network that turns with its input: convolutions on a log-polar map.

    A rotation of U by an angle shifts the log-polar map along its axis of angles, and so the
    centroid of the network's heat map by exactly this angle (arXiv:1901.11399). Only for the
    transforms with an angle: `rotation`, `rigid`, `similarity`, with the head `unit`.
    """

    head: ClassVar[str] = UNIT

    network: Literal["polar"] = "polar"
    """Name of the network."""

    angles: Annotated[int, Field(ge=8, le=512)] = 64
    """Number of angles of the log-polar map."""

    radii: Annotated[int, Field(ge=4, le=256)] = 16
    """Number of radii of the log-polar map."""

    filters: Annotated[tuple[Size, ...], Field(min_length=1, max_length=12)] = (32, 32)
    """Number of filters of each 3x3 convolution, whose padding along the angles is cyclic."""

    activation: Activation = "relu"
    """Activation of every convolution."""


LOCALIZERS: dict[str, type[Section]] = {
    "article": LocalizationConfig,
    "article_naive": NaiveLocalizer,
    "paper_fcn": PaperFcnLocalizer,
    "paper_cnn": PaperCnnLocalizer,
    "compact": CompactLocalizer,
    "polar": PolarLocalizer,
}
NamedLocalizer = (
    LocalizationConfig
    | NaiveLocalizer
    | PaperFcnLocalizer
    | PaperCnnLocalizer
    | CompactLocalizer
    | PolarLocalizer
)


def default_head(localization: object) -> str:
    """Return the head after a localization network if the config of the transformer names none.

    Args:
        localization: The section of a named network, or a list of layers.
    """
    if isinstance(localization, LocalizerSection):
        return localization.head
    return LocalizerSection.head
