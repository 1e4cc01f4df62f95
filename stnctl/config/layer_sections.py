"""Layers of a network that contain no other layers, as sections of a list of layers.

Residual blocks, parallel branches and transformers are in `stnctl.config.layer_lists`.
"""

from typing import Annotated, Literal

from pydantic import Field

from stnctl.config.choices import ACTIVATIONS, PADDED, POOLS
from stnctl.config.section import Section, one_of

MAX_WIDTH = 4096
"""Maximum number of filters or units of a layer."""

Size = Annotated[int, Field(ge=1, le=MAX_WIDTH)]
Kernel = Annotated[int, Field(ge=1, le=31)]
Factor = Annotated[int, Field(ge=1, le=64)]
Rate = Annotated[float, Field(ge=0, lt=1)]
Penalty = Annotated[float, Field(ge=0)]
Activation = Annotated[str, one_of(ACTIVATIONS)]


class Conv(Section):
    """Convolution of a map, with an optional batch normalization before its activation."""

    layer: Literal["conv"] = "conv"
    """Name of the layer."""

    filters: Size = 32
    """Number of filters, which is the number of channels of the result."""

    kernel_size: Kernel = 3
    """Side of the kernel in pixels."""

    stride: Factor = 1
    """Distance of neighboring positions of the kernel in pixels."""

    padding: Annotated[str, one_of(PADDED)] = "valid"
    """`valid` for no padding: the map shrinks by the kernel size less one. `same` for zeros around
    the map: it shrinks only by the stride."""

    activation: Activation = "relu"
    """Activation of the result."""

    batch_norm: bool = False
    """Whether a batch normalization comes before the activation."""

    bias: bool = True
    """Whether the convolution adds a bias to each channel."""


class Pool(Section):
    """Pooling of a map: one value for each block of pixels, without overlap."""

    layer: Literal["pool"] = "pool"
    """Name of the layer."""

    kind: Annotated[str, one_of(POOLS)] = "max"
    """`max` and `average` of each block, or `global` for the average of each whole channel, which
    gives a vector."""

    size: Factor = 2
    """Side of the blocks in pixels. `global` ignores it."""


class Dense(Section):
    """Dense (fully connected) layer. A map is flattened first."""

    layer: Literal["dense"] = "dense"
    """Name of the layer."""

    units: Size = 128
    """Number of units."""

    activation: Activation = "relu"
    """Activation of the units."""

    activity_l2: Penalty = 0.0
    """Weight of the L2 penalty on the outputs of the layer."""


class Flatten(Section):
    """All values of a map as a vector."""

    layer: Literal["flatten"] = "flatten"
    """Name of the layer."""


class Dropout(Section):
    """Values set to zero at random, in training only."""

    layer: Literal["dropout"] = "dropout"
    """Name of the layer."""

    rate: Rate = 0.5
    """Fraction of the values that is dropped."""


class BatchNorm(Section):
    """Batch normalization of each channel or unit."""

    layer: Literal["batch_norm"] = "batch_norm"
    """Name of the layer."""


class ActivationLayer(Section):
    """Activation function alone.

    After a max-pool it costs a quarter of the same function before the pool, with equal results.
    """

    layer: Literal["activation"] = "activation"
    """Name of the layer."""

    activation: Activation = "relu"
    """Activation function."""


class Coords(Section):
    """Two more channels with the normalized coordinates x and y of each pixel (CoordConv)."""

    layer: Literal["coords"] = "coords"
    """Name of the layer."""
