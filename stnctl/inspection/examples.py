"""Reads the intermediates of chosen examples out of a model."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stnctl.config.schema import TransformerConfig
from stnctl.data.views import Epoch
from stnctl.evaluation.metrics import cross_entropy, log_probabilities
from stnctl.evaluation.predict import predict
from stnctl.inspection.sums import terms_of
from stnctl.models.build import with_intermediates
from stnctl.models.theta import transform_of


@dataclass(frozen=True)
class Item:
    """One example, as the network met it.

    Attributes:
        index: Its place in the split.
        true: Its label.
        predicted: The most probable class.
        probability: The probability of that class.
        loss: The cross-entropy of the true class, in nats.
        terms: The labels that ``true`` is the sum of, or None if it is no sum.
        theta: The transformer's parameters, (num_params,), or None without a transformer.
        parts: theta as `Transform.describe` names its parts, lengths in pixels of U, or None.
    """

    index: int
    true: int
    predicted: int
    probability: float
    loss: float
    terms: list[int] | None = None
    theta: list[float] | None = None
    parts: dict[str, float] | None = None


@dataclass(frozen=True)
class Examples:
    """Chosen examples.

    Attributes:
        items: What is known of each.
        U: Inputs (n, H, W, C), in the range of ``data.pixels``.
        V: Transformed inputs (n, H', W', C), or None without a transformer.
        grid: Where V was read, (n, H', W', 2), normalized (x, y), or None.
    """

    items: list[Item]
    U: np.ndarray
    V: np.ndarray | None
    grid: np.ndarray | None


def read_examples(
    model: Any,
    examples: Epoch,
    indices: np.ndarray,
    *,
    transformer: TransformerConfig | None,
) -> Examples:
    """Return the examples at ``indices`` (n,), with the model's intermediates.

    Args:
        model: A Keras model from U to logits.
        examples: Where to look.
        indices: Their places.
        transformer: The configuration of the model's transformer, None without one.
    """
    outputs = predict(with_intermediates(model), examples, indices)
    items = _items(indices, examples.labels[indices], outputs["logits"])
    U = examples.inputs(indices)
    if (terms := terms_of(examples, indices)) is not None:
        items = [replace(item, terms=row) for item, row in zip(items, terms.tolist(), strict=True)]
    if transformer:
        size = (U.shape[1], U.shape[2])
        geometry = [_geometry(theta, transformer, size) for theta in outputs["theta"]]
        items = [replace(item, **found) for item, found in zip(items, geometry, strict=True)]
    return Examples(items, U, outputs.get("V"), outputs.get("grid"))


def _items(indices: np.ndarray, labels: np.ndarray, logits: np.ndarray) -> list[Item]:
    probabilities = np.exp(log_probabilities(logits))
    losses = cross_entropy(logits, labels)
    predicted = logits.argmax(axis=1)
    return [
        Item(
            index=int(indices[n]),
            true=int(labels[n]),
            predicted=int(predicted[n]),
            probability=float(probabilities[n, predicted[n]]),
            loss=float(losses[n]),
        )
        for n in range(len(indices))
    ]


def _geometry(
    theta: np.ndarray, transformer: TransformerConfig, input_size: tuple[int, int]
) -> dict[str, Any]:
    parts = transform_of(transformer).describe(
        theta, input_size, align_corners=transformer.align_corners
    )
    return {"theta": [float(value) for value in theta], "parts": parts}
