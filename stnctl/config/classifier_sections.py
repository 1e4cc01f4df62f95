"""Classifiers by name. Each becomes a list of layers in `stnctl.models.classifiers`.

The layer of the logits follows each classifier, and is not part of its config.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from stnctl.config.layer_sections import Activation, Kernel, Rate, Size
from stnctl.config.localizer_sections import Filters
from stnctl.config.section import Section

Budget = Annotated[
    str,
    Field(
        pattern=r"^[1-9][0-9]{0,5}(\.[0-9])?[kM]$",
        json_schema_extra={"patternErrorMessage": "such as `400k` or `1.5M`"},
    ),
]
Stages = Annotated[tuple[Size, ...], Field(min_length=5, max_length=5)]


class ClassifierSection(Section):
    """Base class of the named classifiers.

    Attributes:
        widths: Names of the keys that `parameters` scales.
    """

    widths: ClassVar[tuple[str, ...]] = ("filters", "units")

    network: str
    """Name of the network."""

    parameters: Budget | None = None
    """Number of parameters of the whole network, such as `400k`. All widths of the classifier are
    multiplied by the factor that comes nearest to it. Null for the widths as they are."""


class ClassifierConfig(ClassifierSection):
    """Classifier of the article: convolutions with 2x2 max-pools, a dense layer."""

    network: Literal["article"] = "article"
    """Name of the network."""

    filters: Filters = (32, 64)
    """Number of filters of each convolution."""

    kernel_size: Kernel = 3
    """Side of every kernel in pixels."""

    activation: Activation = "relu"
    """Activation of every convolution."""

    units: Size = 128
    """Number of units of the dense layer."""

    units_activation: Activation = "sigmoid"
    """Activation of the dense layer."""

    dropout: Rate = 0.0
    """Fraction of the outputs of the dense layer that is dropped in training."""


class PaperFcnClassifier(ClassifierSection):
    """Classifier of the paper's FCN: two dense layers."""

    widths: ClassVar[tuple[str, ...]] = ("units",)

    network: Literal["paper_fcn"] = "paper_fcn"
    """Name of the network."""

    units: Filters = (256, 256)
    """Number of units of each dense layer."""

    activation: Activation = "relu"
    """Activation of every layer."""


class PaperCnnClassifier(ClassifierSection):
    """Classifier of the paper's CNN: convolutions of 9x9 and 7x7 with 2x2 max-pools."""

    widths: ClassVar[tuple[str, ...]] = ("filters",)

    network: Literal["paper_cnn"] = "paper_cnn"
    """Name of the network."""

    filters: Annotated[tuple[Size, Size], Field(title="[first, second]")] = (64, 64)
    """Number of filters of the convolution of 9x9, and of that of 7x7."""

    activation: Activation = "relu"
    """Activation of every convolution."""


class SpeedrunClassifier(ClassifierSection):
    """Classifier for training in seconds: two convolutions and a dense layer."""

    network: Literal["speedrun"] = "speedrun"
    """Name of the network."""

    filters: Annotated[tuple[Size, Size], Field(title="[first, second]")] = (24, 32)
    """Number of filters of the convolution of 5x5, and of that of 3x3."""

    units: Size = 256
    """Number of units of the dense layer."""


class CompactClassifier(ClassifierSection):
    """Accurate and small classifier: 3x3 convolutions, batch normalization, a global average."""

    widths: ClassVar[tuple[str, ...]] = ("filters",)

    network: Literal["compact"] = "compact"
    """Name of the network."""

    filters: Stages = (32, 48, 48, 96, 64)
    """Number of filters of each of the five convolutions. A 2x2 max-pool follows the first and the
    third of them."""


CLASSIFIERS: dict[str, type[ClassifierSection]] = {
    "article": ClassifierConfig,
    "paper_fcn": PaperFcnClassifier,
    "paper_cnn": PaperCnnClassifier,
    "speedrun": SpeedrunClassifier,
    "compact": CompactClassifier,
}
NamedClassifier = (
    ClassifierConfig
    | PaperFcnClassifier
    | PaperCnnClassifier
    | SpeedrunClassifier
    | CompactClassifier
)
