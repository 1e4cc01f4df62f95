"""Examples of a run with the intermediate results of the network, and their selection by loss."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from stnctl.data.split_view import EpochExamples
from stnctl.errors import UsageError
from stnctl.evaluation.classification_metrics import cross_entropy, log_probabilities
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.inspection.transformer_headings import Heading, transformer_headings
from stnctl.models.traced_transformer import TracedTransformer


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

    def document(self) -> dict[str, Any]:
        """Return the example as a JSON document, with ``transformers`` only for several ones."""
        document = asdict(self)
        if self.transformers is None:
            del document["transformers"]
        return document


def true_label(item: InspectedExample) -> str:
    """Return the label of an example as text, such as ``9``, or ``1 + 8 = 9`` for a sum."""
    return format_sum(item.terms) if item.terms else str(item.true)


@dataclass(frozen=True)
class TransformerMaps:
    """Maps of one transformer for the selected examples.

    Attributes:
        transformer: The transformer in the trace of the network.
        heading: Lines of its heading in words.
        U: Sampled maps (n, H, W, C).
        theta: Parameters (n, num_params).
        grid: Sampling grids (n, H', W', 2), source points (x, y) in normalized coordinates.
        V: Output maps (n, H', W', C).
    """

    transformer: TracedTransformer
    heading: Heading
    U: np.ndarray
    theta: np.ndarray
    grid: np.ndarray
    V: np.ndarray

    @property
    def title(self) -> str:
        """The heading on one line, such as ``2: affine, step 1 of 3``."""
        return ", ".join(self.heading)


@dataclass(frozen=True)
class InspectedExamples:
    """Selected examples with their predictions and maps.

    Attributes:
        items: The examples with their predictions, n of them.
        U: Input maps (n, H, W, C), in the range of `data.pixels`.
        transformers: The maps of each transformer, in the order of the network.
    """

    items: list[InspectedExample]
    U: np.ndarray
    transformers: list[TransformerMaps]


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
    traced = loaded.job.network.transformers
    headings = transformer_headings(traced, loaded.config.model)
    transformers = [
        TransformerMaps(
            each,
            heading,
            *(outputs[f"{each.name}/{result}"] for result in ("U", "theta", "grid", "V")),
        )
        for each, heading in zip(traced, headings, strict=True)
    ]
    described = [_described(loaded, maps) for maps in transformers]
    if len(described) == 1:
        items = [
            replace(item, theta=found.theta, parts=found.parts)
            for item, found in zip(items, described[0], strict=True)
        ]
    elif described:
        items = [
            replace(item, transformers=list(found))
            for item, found in zip(items, zip(*described, strict=True), strict=True)
        ]
    return InspectedExamples(items, U, transformers)


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


def _described(loaded: LoadedRun, maps: TransformerMaps) -> list[DescribedTheta]:
    """Return the described theta of one transformer for each example."""
    transformer, sampling = maps.transformer, maps.transformer.sampling
    size = (maps.U.shape[1], maps.U.shape[2])
    parts = [
        sampling.family.describe(theta, size, align_corners=sampling.align_corners)
        for theta in maps.theta
    ]
    name = f"parts of {loaded.theta_name(transformer.name)}"
    loaded.check_finite(name, np.array([list(found.values()) for found in parts]))
    return [
        DescribedTheta(
            name=transformer.name,
            key=transformer.key,
            step=transformer.step,
            branch=transformer.branch,
            theta=theta.astype("float64").tolist(),
            parts=found,
        )
        for theta, found in zip(maps.theta, parts, strict=True)
    ]
