"""Figure of several transformers: the region that each one samples, and its V."""

from collections.abc import Sequence

import numpy as np

from stnctl.figures.example_grids import Limits, shade_limits
from stnctl.figures.transformer_rows import PairColumn, max_rows, transformer_rows_png
from stnctl.inspection.composed_outlines import composed_outlines
from stnctl.inspection.examples import InspectedExamples, TransformerMaps
from stnctl.inspection.inspected_example import InspectedExample, predicted_label, true_label
from stnctl.models.network import Network

_PAIRS = (
    "Each transformer has two images: U with the outline of the region that it samples, and V.\n"
    "The orange side of the outline is the top of V."
)
_SEQUENCE = (
    "\nIn a sequence, each transformer samples the V before it; the outlines are on the first U."
)
_STEPS = "\nAll steps of a transformer sample the same U; an outline is that of the steps so far."
_FEATURES = "\nInside the network, U and V are means over the channels of its maps."


def transformers_png(examples: InspectedExamples, network: Network, *, title: str) -> bytes:
    """Return a PNG with a row for each example: U, and two maps of each transformer.

    A transformer that samples the input image, directly or after others, has its outline on the
    input image. Any other one has its outline on the mean over the channels of its own U.

    Args:
        examples: Examples with the maps of at least one transformer.
        network: The trace of the network.
        title: Title of the figure. If the figure has no space for all examples, it also says how
            many are in it.
    """
    num_examples, num_shown = len(examples.items), max_rows(len(examples.transformers))
    if num_shown < num_examples:
        examples = examples.taken(range(num_shown))
        title += f"; the first {num_shown} of {num_examples}"
    limits, transformers = shade_limits(examples.U), examples.transformers
    columns = [
        _column(maps, examples.U, outlines, limits)
        for maps, outlines in zip(
            transformers, composed_outlines(transformers, network), strict=True
        )
    ]
    return transformer_rows_png(
        examples.U,
        limits,
        columns,
        [_caption(item) for item in examples.items],
        [item.true == item.predicted for item in examples.items],
        title=f"{title}\n{_legend(transformers)}",
    )


def _column(
    maps: TransformerMaps, U: np.ndarray, outlines: np.ndarray, limits: Limits
) -> PairColumn:
    heading = "\n".join(maps.heading)
    if maps.transformer.chain is not None:
        return PairColumn(heading, U, maps.V, outlines, [limits] * len(U))
    mean_U, mean_V = (each.mean(axis=-1, keepdims=True) for each in (maps.U, maps.V))
    return PairColumn(heading, mean_U, mean_V, outlines, [*map(shade_limits, mean_U)])


def _legend(transformers: Sequence[TransformerMaps]) -> str:
    chains = [maps.transformer.chain for maps in transformers]
    legend = _PAIRS
    if any(chains):
        legend += _SEQUENCE
    if any(maps.transformer.step for maps in transformers):
        legend += _STEPS
    if None in chains:
        legend += _FEATURES
    return legend


def _caption(item: InspectedExample) -> str:
    """Return the caption of a row, on short lines."""
    return (
        f"example {item.index}\nTrue: {true_label(item)}\nPred: {predicted_label(item)}\n"
        f"({item.probability:.1%})"
    )
