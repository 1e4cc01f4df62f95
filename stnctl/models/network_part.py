"""Part of a network, with its numbers of parameters and values."""

from dataclasses import dataclass

Shape = tuple[int, int, int]
"""(H, W, C) of a map."""


@dataclass(frozen=True)
class NetworkPart:
    """Part of a network, such as one convolution with its pool.

    Attributes:
        key: The section of the configuration that describes the part.
        parameters: Number of parameters.
        activations: Number of activations for one image.
        scratch: Number of values that exist only while the part is computed, for one image.
        step_scratch: Number of further such values in a training step, for one image.
        constants: Number of values for all images together.
    """

    key: str
    parameters: int
    activations: int
    scratch: int = 0
    step_scratch: int = 0
    constants: int = 0
