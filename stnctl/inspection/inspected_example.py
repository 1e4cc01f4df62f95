"""Example of a run with the prediction of the network, and the orders of such examples."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class DescribedTheta:
    """Theta of one of several transformers for one example.

    Attributes:
        name: Name of the transformer's layer.
        key: Key of its section in the config.
        step: Index of the step of an iterative transformer, from 0.
        branch: Index among parallel transformers of one section, from 0.
        theta: Parameters of the transform, (num_params,).
        parts: As in `InspectedExample`; lengths are in pixels of the map that it samples.
    """

    name: str
    key: str
    step: int
    branch: int
    theta: list[float]
    parts: dict[str, float]


@dataclass(frozen=True)
class InspectedExample:
    """Example with the prediction of the network.

    Attributes:
        index: Index of the example in the split.
        true: Label of the example.
        predicted: The most probable class.
        probability: The probability of that class.
        loss: The cross-entropy of the true class, in nats.
        terms: The labels of the images in the example, whose sum is ``true``; None if the label is
            not a sum.
        theta: Parameters of the transform, (num_params,); None unless the network has exactly one
            transformer.
        parts: Name -> quantity that describes theta, such as the rotation, from
            `Transform.describe`. Angles are in degrees, lengths in pixels of U. None with theta.
        transformers: The thetas of several transformers, in the order of the network; None for
            fewer than two.
        displacement: Mean distance of the points of the sampling grid from those of the identity,
            in pixels of U, the largest of all transformers; None if it was not asked for.
        names: Names of the true and of the predicted class; None for their numbers.
    """

    index: int
    true: int
    predicted: int
    probability: float
    loss: float
    terms: list[int] | None = None
    theta: list[float] | None = None
    parts: dict[str, float] | None = None
    transformers: list[DescribedTheta] | None = None
    displacement: float | None = None
    names: tuple[str, str] | None = None

    def document(self) -> dict[str, Any]:
        """Return the example as a JSON document.

        It has ``transformers`` and ``displacement`` only if they are not None, and ``true_name``
        and ``predicted_name`` only if there are names.
        """
        document = asdict(self)
        if (names := document.pop("names")) is not None:
            document["true_name"], document["predicted_name"] = names
        for name in ("transformers", "displacement"):
            if document[name] is None:
                del document[name]
        return document


SORTS: dict[str, Callable[[InspectedExample], float]] = {
    "index": lambda item: item.index,
    "true": lambda item: item.true,
    "predicted": lambda item: item.predicted,
    "probability": lambda item: -item.probability,
    "loss": lambda item: -item.loss,
    "displacement": lambda item: -(item.displacement or 0.0),
}
"""Name of an order of examples, from `SORTED_BY` -> key for sorting.

The last three begin with the largest value.
"""


def true_label(item: InspectedExample) -> str:
    """Return the label of an example as text, such as ``9``, or ``1 + 8 = 9`` for a sum."""
    if item.terms:
        return format_sum(item.terms)
    return str(item.true) if item.names is None else item.names[0]


def predicted_label(item: InspectedExample) -> str:
    """Return the predicted class of an example as text."""
    return str(item.predicted) if item.names is None else item.names[1]


def format_sum(terms: Sequence[int]) -> str:
    """Return the sum of ``terms`` as text, such as ``1 + 8 = 9``."""
    return f"{' + '.join(map(str, terms))} = {sum(terms)}"
