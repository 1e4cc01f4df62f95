"""Rows of pictures that show what a distortion does to a split."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from stnctl.data.split_view import CHUNK, EpochExamples, SplitView, network_input
from stnctl.figures.contact_sheet import SheetRow
from stnctl.inspection.examples import format_sum, sum_terms

NUM_DRAWN = 8
"""Distorted images in a row."""

MOST_CLASSES = 20
"""The most classes that are shown: the first ones."""

_BAND = 10
"""Classes side by side."""

Cell = tuple[np.ndarray, str]
"""An image (H, W, C), and what stands below it."""


def draws_differ(view: SplitView) -> bool:
    """Return whether each epoch draws an image anew."""
    return view.name == "train" and not view.spec.is_plain


def example_rows(view: SplitView) -> list[SheetRow]:
    """Return a row for each class of the stored images, as the network would see them.

    Where each epoch draws an image anew, a row is the first image of the class, as the first
    epochs draw it; elsewhere, it is the first images of the class. Before them is the first image
    as it is stored, if anything is done to it. What a sum is made of is written below it.

    Args:
        view: The split; its range of pixels is "unit".
    """
    found = np.unique(view.split.labels, return_index=True)
    labels, firsts = (array[:MOST_CLASSES] for array in found)
    drawn: Iterable[Sequence[Cell]]
    if draws_differ(view):
        headings = [f"epoch {number + 1}" for number in range(NUM_DRAWN)]
        epochs = [_cells(view.examples(number), firsts) for number in range(NUM_DRAWN)]
        drawn = zip(*epochs, strict=True)
    else:
        headings = ["drawn", "others", *[""] * (NUM_DRAWN - 2)]
        examples, of_class = view.examples(), view.split.labels == labels[:, None]
        drawn = [_cells(examples, np.flatnonzero(row)[:NUM_DRAWN]) for row in of_class]
    if view.spec.is_plain:
        return [_row(label, cells) for label, cells in zip(labels, drawn, strict=True)]
    stored = network_input(view.split.images[firsts], "unit")
    rows = [
        _row(label, [(image, ""), *cells])
        for label, image, cells in zip(labels, stored, drawn, strict=True)
    ]
    return [replace(rows[0], above=["stored", *headings]), *rows[1:]]


def class_rows(examples: EpochExamples, indices: np.ndarray) -> list[SheetRow]:
    """Return rows of the least, the mean and the largest image of each class.

    Means that are dark are made brighter, all by the factor that their label says, and cut at 1.

    Args:
        examples: The examples of an epoch; their range of pixels is "unit".
        indices: Those to look at, (n,).
    """
    labels = np.unique(examples.labels[indices])[:MOST_CLASSES]
    least, mean, largest = coverage(examples, indices, labels)
    factor = _brightening(mean)
    mean_label = "mean" if factor == 1 else f"mean\n×{factor}"
    rows = []
    for start in range(0, len(labels), _BAND):
        band = slice(start, start + _BAND)
        rows += [
            SheetRow("min", list(least[band]), above=[str(label) for label in labels[band]]),
            SheetRow(mean_label, list(np.minimum(factor * mean[band], 1))),
            SheetRow("max", list(largest[band])),
        ]
    return rows


def coverage(
    examples: EpochExamples, indices: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the least, the mean and the largest value of each pixel, by class.

    Args:
        examples: The examples of an epoch.
        indices: Those to look at, (n,).
        labels: The classes, (K,); there is an example of each.

    Returns:
        (K, H, W, C) each, float32.
    """
    shape = (len(labels), *examples.view.input_shape)
    least, largest = np.full(shape, np.inf, np.float32), np.full(shape, -np.inf, np.float32)
    total = np.zeros(shape, np.float64)
    for start in range(0, len(indices), CHUNK):
        chosen = indices[start : start + CHUNK]
        U = examples.inputs(chosen)
        for k, label in enumerate(labels):
            of_class = U[examples.labels[chosen] == label]
            least[k] = np.minimum(least[k], of_class.min(axis=0, initial=np.inf))
            largest[k] = np.maximum(largest[k], of_class.max(axis=0, initial=-np.inf))
            total[k] += of_class.sum(axis=0)
    counts = (examples.labels[indices] == labels[:, None]).sum(axis=1)
    return least, (total / counts[:, None, None, None]).astype(np.float32), largest


def _brightening(maps: np.ndarray) -> int:
    """Return the whole factor that lets maps (K, H, W, C) in [0, 1] be bright, save for rare ones.

    With it, the highest value of the median map is nearly 1; that factor is 1 for black maps.
    """
    highest = float(np.median(maps.max(axis=(1, 2, 3))))
    return max(1, round(1 / highest)) if highest else 1


def _cells(examples: EpochExamples, indices: np.ndarray) -> list[Cell]:
    return list(zip(examples.inputs(indices), _sums(examples, indices), strict=True))


def _sums(examples: EpochExamples, indices: np.ndarray) -> list[str]:
    """Return how the labels of examples are summed up, or nothing where they are not."""
    terms = sum_terms(examples, indices)
    return [""] * len(indices) if terms is None else [format_sum(row) for row in terms]


def _row(label: int, cells: Sequence[Cell]) -> SheetRow:
    images, texts = zip(*cells, strict=True)
    return SheetRow(str(label), images, below=texts if any(texts) else ())
