"""Report of the alignment of a split: each transformer, and the moments of the images."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from stnctl.data.split_view import EpochExamples
from stnctl.evaluation.alignment import Alignment, align, drawn_poses
from stnctl.evaluation.moments import upright_poses
from stnctl.evaluation.poses import input_poses
from stnctl.models.network import Network
from stnctl.runs.alignment_record import UNITS

MOMENTS = "image moments"
"""Name of the baseline that turns the principal axis of each image upright."""

_CHUNK = 1024


def report_alignment(
    network: Network, examples: EpochExamples, thetas: Mapping[str, np.ndarray]
) -> list[dict[str, Any]] | None:
    """Return the alignment of all examples as JSON documents, one for each part of a pose.

    Args:
        network: The trace of the network.
        examples: The examples.
        thetas: Theta of each transformer by its name, (N, num_params).

    Returns:
        The documents, those of the transformers first. If the distortion rotates, that of
        `MOMENTS` is the last one. None if the network has no transformer that shows the input
        image, or the drawn distortion is unknown or not one affine map.
    """
    drawn = drawn_poses(examples)
    poses = input_poses(network, thetas)
    if drawn is None or not poses:
        return None
    rows = [
        _document(name, part, examples.labels)
        for name, pose in poses.items()
        for part in align(drawn, pose)
    ]
    rotation = [part for part in align(drawn, _moments(examples)) if part.part == "rotation"]
    return rows + [_document(MOMENTS, part, examples.labels) for part in rotation]


def _document(name: str, alignment: Alignment, labels: np.ndarray) -> dict[str, Any]:
    """Return the numbers of all images and of each class; a class without images has null."""
    classes = range(int(labels.max()) + 1)
    return {
        "transformer": name,
        "part": alignment.part,
        "unit": UNITS[alignment.part],
        **_numbers(alignment),
        "classes": [
            _numbers(alignment.chosen(labels == label)) if (labels == label).any() else None
            for label in classes
        ],
    }


def _numbers(alignment: Alignment) -> dict[str, float | None]:
    return {
        "spread_before": alignment.spread_before,
        "spread_after": alignment.spread_after,
        "median_after": alignment.median_after,
        "slope": alignment.slope,
        "half_turns": alignment.half_turns,
        "spread_modulo_half_turns": alignment.spread_modulo_half_turns,
    }


def _moments(examples: EpochExamples) -> np.ndarray:
    starts = range(0, len(examples), _CHUNK)
    chunks = (np.arange(start, min(start + _CHUNK, len(examples))) for start in starts)
    return np.concatenate([upright_poses(examples.inputs(indices)) for indices in chunks])
