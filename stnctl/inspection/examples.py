"""Examples of a run with the intermediate results of the network, and their selection by loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from stnctl.data.split_view import EpochExamples
from stnctl.errors import UsageError
from stnctl.evaluation.classification_metrics import cross_entropy, log_probabilities
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.geometry.grid import to_pixels
from stnctl.inspection.displacement import displacements
from stnctl.inspection.inspected_example import SORTS, DescribedTheta, InspectedExample
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

    @property
    def points(self) -> np.ndarray:
        """The grids in pixels (x, y) of U, (n, H', W', 2)."""
        align_corners = self.transformer.sampling.align_corners
        size = (self.U.shape[1], self.U.shape[2])
        return np.asarray(to_pixels(self.grid, size, align_corners=align_corners))


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

    @property
    def input_transformer(self) -> TransformerMaps | None:
        """The maps of the only transformer, if it samples the input image; otherwise None."""
        match self.transformers:
            case [maps] if maps.transformer.chain is not None:
                return maps
        return None

    def taken(self, places: Sequence[int]) -> Self:
        """Return the examples at the given places, (m,), each in [0, n), in this order."""
        chosen = np.array(places, "int64")
        transformers = [
            replace(
                maps,
                U=maps.U[chosen],
                theta=maps.theta[chosen],
                grid=maps.grid[chosen],
                V=maps.V[chosen],
            )
            for maps in self.transformers
        ]
        return type(self)([self.items[place] for place in places], self.U[chosen], transformers)

    def with_displacements(self) -> Self:
        """Return the examples with their displacements; without a transformer, these are None."""
        if not self.transformers:
            return self
        warps = displacements(
            [maps.transformer for maps in self.transformers],
            [maps.theta for maps in self.transformers],
        )
        items = [
            replace(item, displacement=warp)
            for item, warp in zip(self.items, warps.tolist(), strict=True)
        ]
        return replace(self, items=items)

    def ordered(self, sort: str) -> Self:
        """Return the examples sorted by a key of `SORTS`; equal ones keep their order."""
        places = range(len(self.items))
        return self.taken(sorted(places, key=lambda place: SORTS[sort](self.items[place])))


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
    elif loaded.dataset.has_names:
        names = loaded.job.class_names
        items = [replace(item, names=(names[item.true], names[item.predicted])) for item in items]
    transformers = transformer_maps(loaded, outputs)
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


def transformer_maps(loaded: LoadedRun, outputs: Mapping[str, np.ndarray]) -> list[TransformerMaps]:
    """Return the maps of each transformer of a run, in the order of the network.

    Args:
        loaded: The run.
        outputs: The intermediate results of its network by their names.
    """
    traced = loaded.job.network.transformers
    headings = transformer_headings(traced, loaded.config.model)
    return [
        TransformerMaps(
            each,
            heading,
            *(outputs[f"{each.name}/{result}"] for result in ("U", "theta", "grid", "V")),
        )
        for each, heading in zip(traced, headings, strict=True)
    ]


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
