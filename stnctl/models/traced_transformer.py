"""Transformer in the graph of a network."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stnctl.models.sampling_operation import Sampling

if TYPE_CHECKING:
    from stnctl.models.graph import Tensor


@dataclass(frozen=True)
class TracedTransformer:
    """Grid generator and sampler in the graph of a network.

    Attributes:
        name: Name of its Keras layer.
        key: Key of its section in the config, dotted.
        sampling: The operation, with its transform.
        U: The sampled map.
        theta: Its parameters; for a later step, those of all steps composed.
        V: The result.
        grid: The sampling grid on its U.
        step: Index of the step of an iterative transformer, from 0.
        branch: Index among parallel transformers of one section, from 0.
        chain: Names of the transformers between the input of the network and its U, the first one
            first; None if its U is not a sampled input, but a map of features.
    """

    name: str
    key: str
    sampling: Sampling
    U: "Tensor"
    theta: "Tensor"
    V: "Tensor"
    grid: "Tensor"
    step: int
    branch: int
    chain: tuple[str, ...] | None
