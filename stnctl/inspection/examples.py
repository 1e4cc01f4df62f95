"""Examples of a run with the intermediate results of the network, and their selection by loss."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from stnctl.config.schema import TransformerConfig
from stnctl.data.split_view import EpochExamples
from stnctl.errors import UsageError
from stnctl.evaluation.classification_metrics import cross_entropy, log_probabilities
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.models.theta import configured_transform


def sum_terms(examples: EpochExamples, indices: np.ndarray) -> np.ndarray | None:
    """Return the terms of each label that is a sum: the labels of the images in the example.

    Args:
        examples: The examples of an epoch.
        indices: Indices of the selected examples, (n,).

    Returns:
        The terms, (n, number of images in an example), int64. None if labels are not sums.
    """
    if len(examples.distortions) < 2:
        return None
    stored = examples.view.split.labels
    return np.stack([stored[each.image_indices[indices]] for each in examples.distortions], axis=1)


def format_sum(terms: Sequence[int]) -> str:
    """Return the sum of ``terms`` as text, such as ``1 + 8 = 9``."""
    return f"{' + '.join(map(str, terms))} = {sum(terms)}"


def worst_indices(losses: np.ndarray, count: int) -> np.ndarray:
    """Return the indices (count,) of the largest values of ``losses`` (N,), the largest first."""
    return np.argsort(-losses, kind="stable")[:count]


def best_indices(losses: np.ndarray, count: int) -> np.ndarray:
    """Return the indices (count,) of the smallest values of ``losses`` (N,), the smallest first."""
    return np.argsort(losses, kind="stable")[:count]


def given_indices(indices: Sequence[int], size: int) -> np.ndarray:
    """Return ``indices`` as an array (n,), int64, if all are in [0, size).

    Raises:
        UsageError: If an index is out of range.
    """
    outside = [index for index in indices if not 0 <= index < size]
    if outside:
        listed = ", ".join(map(str, outside))
        raise UsageError(f"no example {listed}: the split has examples 0 to {size - 1}")
    return np.array(indices, "int64")


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
        theta: Parameters of the transform, (num_params,); None without a transformer.
        parts: Name -> quantity that describes theta, such as the rotation, from
            `Transform.describe`. Angles are in degrees, lengths in pixels of U. None without a
            transformer.
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
class InspectedExamples:
    """Selected examples with their predictions and maps.

    Attributes:
        items: The examples with their predictions, n of them.
        U: Input maps (n, H, W, C), in the range of `data.pixels`.
        V: Output maps of the transformer (n, H', W', C); None without a transformer.
        grid: Sampling grids (n, H', W', 2), source points (x, y) in normalized coordinates; None
            without a transformer.
    """

    items: list[InspectedExample]
    U: np.ndarray
    V: np.ndarray | None
    grid: np.ndarray | None


def read_examples(
    loaded: LoadedRun, examples: EpochExamples, indices: np.ndarray
) -> InspectedExamples:
    """Return selected examples with the predictions and intermediate results of a run.

    Args:
        loaded: The run.
        examples: The examples of an epoch.
        indices: Indices of the selected examples, (n,).

    Raises:
        DivergedError: If a logit, a parameter of theta or a part of it is not finite.
        InputError: The same, for a run of another user.
    """
    outputs = loaded.predict(examples, indices, intermediates=True)
    items = _items(indices, examples.labels[indices], outputs["logits"])
    U = examples.inputs(indices)
    if (terms := sum_terms(examples, indices)) is not None:
        items = [
            replace(item, terms=each) for item, each in zip(items, terms.tolist(), strict=True)
        ]
    if transformer := loaded.config.model.transformer:
        size = (U.shape[1], U.shape[2])
        geometry = [_geometry(theta, transformer, size) for theta in outputs["theta"]]
        parts = np.array([list(found["parts"].values()) for found in geometry])
        loaded.check_finite("parts of theta", parts)
        items = [replace(item, **found) for item, found in zip(items, geometry, strict=True)]
    return InspectedExamples(items, U, outputs.get("V"), outputs.get("grid"))


def _items(indices: np.ndarray, labels: np.ndarray, logits: np.ndarray) -> list[InspectedExample]:
    probabilities = np.exp(log_probabilities(logits))
    losses = cross_entropy(logits, labels)
    predicted = logits.argmax(axis=1)
    return [
        InspectedExample(
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
    parts = configured_transform(transformer).describe(
        theta, input_size, align_corners=transformer.align_corners
    )
    return {"theta": [float(value) for value in theta], "parts": parts}
