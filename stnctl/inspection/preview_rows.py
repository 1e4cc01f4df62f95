"""Rows of the contact sheets of a preview: images of each class, and statistics of each pixel."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from stnctl.config.messages import shorten
from stnctl.data.chunk import CHUNK
from stnctl.data.split_view import EpochExamples, SplitView, network_input
from stnctl.figures.contact_sheet import SheetRow
from stnctl.inspection.examples import sum_terms
from stnctl.inspection.inspected_example import format_sum

NUM_DRAWN = 8
"""Number of distorted images in a row."""

MAX_CLASSES = 20
"""Maximum number of classes in a contact sheet. Further classes are left out."""

MAX_NAME = 12
"""Maximum number of characters of the name of a class."""

_BAND = 10
"""Number of classes side by side."""

Cell = tuple[np.ndarray, str]
"""An image (H, W, C), and the text below it."""


def draws_differ(view: SplitView) -> bool:
    """Return whether each epoch draws new distortions for the images."""
    return view.name == "train" and not view.spec.is_plain


def example_rows(view: SplitView, names: Sequence[str]) -> list[SheetRow]:
    """Return a row of network inputs for each class of the stored images.

    If each epoch draws new distortions, a row has the first image of the class in the first
    `NUM_DRAWN` epochs. Otherwise, it has the first `NUM_DRAWN` images of the class. The first image
    as stored, without distortion, is at the left, unless the split has no distortion. If labels are
    sums, the sum is below each image.

    Args:
        view: The split view, with pixels in the unit range.
        names: Names of the classes of the stored images, in the order of the labels.
    """
    unique = np.unique(view.split.labels, return_index=True)
    labels, firsts = (array[:MAX_CLASSES] for array in unique)
    rows: Iterable[Sequence[Cell]]
    if draws_differ(view):
        headings = [f"epoch {number + 1}" for number in range(NUM_DRAWN)]
        epochs = [_cells(view.examples(number), firsts) for number in range(NUM_DRAWN)]
        rows = zip(*epochs, strict=True)
    else:
        headings = ["drawn", "others", *[""] * (NUM_DRAWN - 2)]
        examples, of_class = view.examples(), view.split.labels == labels[:, None]
        rows = [_cells(examples, np.flatnonzero(mask)[:NUM_DRAWN]) for mask in of_class]
    if view.spec.is_plain:
        return [_row(names[label], cells) for label, cells in zip(labels, rows, strict=True)]
    stored = network_input(view.split.images[firsts], "unit")
    first, *others = (
        _row(names[label], [(image, ""), *cells])
        for label, image, cells in zip(labels, stored, rows, strict=True)
    )
    return [replace(first, above=["stored", *headings]), *others]


def class_rows(
    examples: EpochExamples, indices: np.ndarray, names: Sequence[str]
) -> list[SheetRow]:
    """Return rows with the minimum, the mean and the maximum of each pixel, by class.

    If the mean images are dark, all of them are multiplied by one factor and clipped to 1. The
    label of the row shows the factor.

    Args:
        examples: The examples of an epoch, with pixels in the unit range.
        indices: Indices of the selected examples, (n,).
        names: Names of the classes of the examples, in the order of the labels.
    """
    labels = np.unique(examples.labels[indices])[:MAX_CLASSES]
    minimum, mean, maximum = pixel_statistics(examples, indices, labels)
    factor = _brightening(mean)
    mean_label = "mean" if factor == 1 else f"mean\n×{factor}"
    rows = []
    for start in range(0, len(labels), _BAND):
        band = slice(start, start + _BAND)
        rows += [
            SheetRow(
                "min",
                list(minimum[band]),
                above=[shorten(names[label], MAX_NAME) for label in labels[band]],
            ),
            SheetRow(mean_label, list(np.minimum(factor * mean[band], 1))),
            SheetRow("max", list(maximum[band])),
        ]
    return rows


def pixel_statistics(
    examples: EpochExamples, indices: np.ndarray, labels: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the minimum, the mean and the maximum of each pixel, by class.

    Args:
        examples: The examples of an epoch.
        indices: Indices of the selected examples, (n,).
        labels: The classes, (K,). Each class has at least one selected example.

    Returns:
        Minimum, mean and maximum, each (K, H, W, C), float32.
    """
    shape = (len(labels), *examples.view.input_shape)
    minimum, maximum = np.full(shape, np.inf, np.float32), np.full(shape, -np.inf, np.float32)
    total = np.zeros(shape, np.float64)
    for start in range(0, len(indices), CHUNK):
        chosen = indices[start : start + CHUNK]
        U = examples.inputs(chosen)
        for k, label in enumerate(labels):
            of_class = U[examples.labels[chosen] == label]
            minimum[k] = np.minimum(minimum[k], of_class.min(axis=0, initial=np.inf))
            maximum[k] = np.maximum(maximum[k], of_class.max(axis=0, initial=-np.inf))
            total[k] += of_class.sum(axis=0)
    counts = (examples.labels[indices] == labels[:, None]).sum(axis=1)
    return minimum, (total / counts[:, None, None, None]).astype(np.float32), maximum


def _brightening(maps: np.ndarray) -> int:
    """Return the integer factor that brightens maps (K, H, W, C) with values in [0, 1].

    With this factor, the highest value of a map is nearly 1, in the median over the maps. The
    factor is 1 for black maps.
    """
    highest = float(np.median(maps.max(axis=(1, 2, 3))))
    return max(1, round(1 / highest)) if highest else 1


def _cells(examples: EpochExamples, indices: np.ndarray) -> list[Cell]:
    """Return the network inputs of examples at ``indices`` (n,), each with its sum."""
    return list(zip(examples.inputs(indices), _sums(examples, indices), strict=True))


def _sums(examples: EpochExamples, indices: np.ndarray) -> list[str]:
    """Return the sums that are the labels of examples, or empty texts if labels are not sums."""
    terms = sum_terms(examples, indices)
    return [""] * len(indices) if terms is None else [format_sum(each) for each in terms]


def _row(name: str, cells: Sequence[Cell]) -> SheetRow:
    images, texts = zip(*cells, strict=True)
    return SheetRow(shorten(name, MAX_NAME), images, below=texts if any(texts) else ())
