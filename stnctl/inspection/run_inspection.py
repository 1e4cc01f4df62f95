"""Inspection of a run: selected examples, their report, figures and files."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.data.split_view import EpochExamples
from stnctl.evaluation.classification_metrics import cross_entropy
from stnctl.evaluation.file_names import file_name
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.figures.example_grids import grid_outlines, maps_png, pairs_png, shade_limits
from stnctl.inspection.examples import (
    InspectedExample,
    InspectedExamples,
    TransformerMaps,
    best_indices,
    given_indices,
    read_examples,
    true_label,
    worst_indices,
)
from stnctl.inspection.transformers_figure import transformers_png
from stnctl.storage.file_sets import write_files
from stnctl.storage.json_files import json_bytes

SAME_THETA = 0.02
"""Bound on the range of each parameter, below which the thetas of examples count as equal."""

_LEGEND = (
    "U is the input image. The outline on U is the region that the transformer samples; its orange "
    "side is the top of V.\nV is the sampled image"
)
_ONLY_INPUT = ", the only input of the classifier."


@dataclass(frozen=True)
class Selection:
    """Choice of examples to inspect: the worst or best predictions, or given indices.

    Attributes:
        kind: "bad" for the worst predictions, "good" for the best ones, "index" for given indices.
        count: Number of predictions; not used if the kind is "index".
        indices: The given indices; () unless the kind is "index".
    """

    kind: str
    count: int = 0
    indices: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """Text for a heading, such as ``the 9 worst predictions``."""
        if self.kind == "index":
            return "given examples"
        return f"the {self.count} {'worst' if self.kind == 'bad' else 'best'} predictions"

    def folder(self, split: str, checkpoint: str) -> str:
        """Return the name of the folder for the selection, such as ``test-bad-9``.

        Args:
            split: Name of the split.
            checkpoint: "best" or "last". The name of the folder contains only "last".
        """
        values = self.indices if self.kind == "index" else (self.count,)
        last = [] if checkpoint == "best" else [checkpoint]
        return file_name([split, *last, self.kind, *map(str, values)])

    def choose(
        self, loaded: LoadedRun, examples: EpochExamples, progress: Callable[[int, int], None]
    ) -> np.ndarray:
        """Return the indices of the selected examples, (n,).

        Args:
            loaded: The run.
            examples: The examples of an epoch.
            progress: Called with the number of evaluated images, and the total.

        Raises:
            UsageError: If a given index is out of range.
            DivergedError: If a logit is not finite.
            InputError: The same, for a run of another user.
        """
        if self.kind == "index":
            return given_indices(self.indices, len(examples))
        logits = loaded.predict(examples, progress=progress)
        ranking = worst_indices if self.kind == "bad" else best_indices
        return ranking(cross_entropy(logits, examples.labels), self.count)


@dataclass(frozen=True, eq=False)
class Inspection:
    """Result of the inspection of a run.

    Attributes:
        report: The result as a JSON document.
        examples: The inspected examples.
        figures: File name -> bytes of the PNG file: "U.png"; for one transformer that samples the
            input image also "V.png" and "UV.png"; for others "transformers.png".
    """

    report: dict[str, Any]
    examples: InspectedExamples
    figures: dict[str, bytes]

    @property
    def same_thetas(self) -> list[TransformerMaps]:
        """The transformers with nearly the same theta for all of at least two examples."""
        return [
            maps
            for maps in self.examples.transformers
            if len(maps.theta) > 1 and float(np.ptp(maps.theta, axis=0).max()) < SAME_THETA
        ]


def inspect_run(
    loaded: LoadedRun,
    selection: Selection,
    *,
    split: str,
    checkpoint: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Inspection:
    """Inspect selected examples of a run.

    Args:
        loaded: The run.
        selection: The choice of examples.
        split: One of `stnctl.config.choices.SPLITS`.
        checkpoint: Name of the loaded checkpoint, "best" or "last", for the report.
        progress: Called with the number of evaluated images, and the total.

    Raises:
        UsageError: If a given index is out of range.
        DivergedError: If a logit, a parameter of theta or a part of it is not finite.
        InputError: The same, for a run of another user.
    """
    drawn = loaded.examples(split)
    selection = replace(selection, count=min(selection.count, len(drawn)))
    examples = read_examples(loaded, drawn, selection.choose(loaded, drawn, progress))
    report = {
        "run": loaded.run.name,
        "data": loaded.dataset.source,
        "split": split,
        "checkpoint": checkpoint,
        "epoch": loaded.num_epochs,
        "items": [item.document() for item in examples.items],
    }
    title = f"{loaded.run.name}: {selection.title} on the {split} set"
    return Inspection(report, examples, _figures(loaded, title, examples))


def write_inspection(folder: Path, inspection: Inspection) -> list[Path]:
    """Write the figures and items.json to a folder, and return the paths of the files.

    The folder is created if it does not exist. Either all files are written, or none.

    Raises:
        EnvironmentFault: If a file can't be written.
    """
    return write_files(folder, {**inspection.figures, "items.json": json_bytes(inspection.report)})


def _figures(loaded: LoadedRun, title: str, examples: InspectedExamples) -> dict[str, bytes]:
    captions = [_caption(item) for item in examples.items]
    right = [item.true == item.predicted for item in examples.items]
    U, network = examples.U, loaded.job.network
    limits = shade_limits(U)
    figures = {"U.png": maps_png(U, limits, captions, right, heading="U", title=title)}
    if not examples.transformers:
        return figures
    maps, *others = examples.transformers
    if others or maps.transformer.chain is None:
        figures["transformers.png"] = transformers_png(examples, network, title=title)
        return figures
    V, align_corners = maps.V, maps.transformer.sampling.align_corners
    figures["V.png"] = maps_png(V, limits, captions, right, heading="V", title=title)
    outlines = grid_outlines(maps.grid, U.shape[1:3], align_corners=align_corners)
    title += f"\n{_LEGEND}{_ONLY_INPUT if network.depends_only_on(maps.transformer.V) else '.'}"
    figures["UV.png"] = pairs_png(U, V, outlines, limits, captions, right, title=title)
    return figures


def _caption(item: InspectedExample) -> str:
    """Return the caption of an example, on two lines if its label is a sum."""
    comma = "\n" if item.terms else ", "
    return f"True: {true_label(item)}{comma}Pred: {item.predicted} ({item.probability:.1%})"
