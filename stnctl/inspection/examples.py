"""Reads the intermediates of chosen examples out of a model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from stnctl.data import Split, network_input
from stnctl.evaluation.metrics import cross_entropy, log_probabilities
from stnctl.evaluation.predict import predict
from stnctl.geometry import TRANSFORMS
from stnctl.models.build import with_intermediates


@dataclass(frozen=True)
class Item:
    """One example, as the network met it.

    Attributes:
        index: Its place in the split.
        true: Its label.
        predicted: The most probable class.
        probability: The probability of that class.
        loss: The cross-entropy of the true class, in nats.
        theta: The transformer's parameters, (num_params,), or None without a transformer.
        parts: theta in words and numbers, or None.
    """

    index: int
    true: int
    predicted: int
    probability: float
    loss: float
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
    model: Any, split: Split, indices: np.ndarray, *, pixels: str, transform: str | None
) -> Examples:
    """Return the examples of ``split`` at ``indices`` (n,), with the model's intermediates.

    Args:
        model: A Keras model from U to logits.
        split: Where the examples lie.
        indices: Their places.
        pixels: Range of the network's input, as in `data.pixels`.
        transform: The transformer's key in `TRANSFORMS`, or None without a transformer.
    """
    labels = split.labels[indices]
    images = split.images[indices]
    outputs = predict(with_intermediates(model), images, pixels=pixels)
    items = _items(indices, labels, outputs, transform)
    U = network_input(images, pixels)
    return Examples(items, U, outputs.get("V"), outputs.get("grid"))


def _items(
    indices: np.ndarray, labels: np.ndarray, outputs: dict[str, np.ndarray], transform: str | None
) -> list[Item]:
    logits = outputs["logits"]
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
            **(_geometry(outputs["theta"][n], transform) if transform else {}),
        )
        for n in range(len(indices))
    ]


def _geometry(theta: np.ndarray, transform: str) -> dict[str, Any]:
    return {
        "theta": [float(value) for value in theta],
        "parts": TRANSFORMS[transform].describe(theta),
    }
