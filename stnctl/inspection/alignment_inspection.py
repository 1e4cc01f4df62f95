"""Inspection of the alignment of a run: its numbers, and a figure for each transformer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stnctl.data.distortion_stats import gradient_energy
from stnctl.errors import UsageError
from stnctl.evaluation.file_names import file_name
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.figures.alignment_maps import DrawnAndUndone, alignment_png
from stnctl.inspection.split_summary import SplitSummary, TransformerSummary, summarize_split
from stnctl.runs.alignment_record import NUMBERS, PartNumbers, part_name
from stnctl.storage.json_files import json_bytes


@dataclass(frozen=True, eq=False)
class AlignmentInspection:
    """Alignment of the transformers of a run.

    Attributes:
        report: The result as a JSON document: ``transformers``, each with its ``title``, its
            ``parts``, and the ``sharpness`` of the mean V of each class relative to the mean U,
            null for a class without images.
        files: Name of a file -> its bytes.
    """

    report: dict[str, Any]
    files: dict[str, bytes]

    @property
    def alignments(self) -> list[tuple[str, PartNumbers]]:
        """Title and parts of each transformer."""
        return [(each["title"], each["parts"]) for each in self.report["transformers"]]


def alignment_folder(split: str, checkpoint: str) -> str:
    """Return the name of the folder for the files."""
    return file_name([split, *(["last"] if checkpoint == "last" else []), "alignment"])


def inspect_alignment(
    loaded: LoadedRun,
    *,
    split: str,
    checkpoint: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> AlignmentInspection:
    """Inspect the alignment of a run on a whole split.

    Args:
        loaded: The run.
        split: One of `stnctl.config.choices.SPLITS`.
        checkpoint: Name of the loaded checkpoint, "best" or "last", for the report.
        progress: Called with the number of evaluated images, and the total.

    Raises:
        UsageError: If no transformer samples the input image, or the drawn distortion is unknown
            or no affine map.
        DivergedError: If a logit or a parameter of theta is not finite.
        InputError: The same, for a run of another user.
    """
    summary = summarize_split(loaded, loaded.examples(split), progress=progress)
    if not any(each.alignments for each in summary.transformers):
        raise UsageError(
            f"{loaded.run.name} has no alignment: it needs a transformer that samples the input "
            "image, and a distortion that is one affine map of each image, such as R or RTS"
        )
    title = f"{loaded.run.name}: the {split} set, epoch {loaded.num_epochs}"
    names = _file_names(len(summary.transformers))
    report = {
        "run": loaded.run.name,
        "data": loaded.dataset.source,
        "split": split,
        "checkpoint": checkpoint,
        "epoch": loaded.num_epochs,
        "transformers": [_document(each, summary) for each in summary.transformers],
    }
    figures = {
        name: _figure(each, summary, loaded.job.class_names, f"{title}, {each.title}")
        for name, each in zip(names, summary.transformers, strict=True)
    }
    return AlignmentInspection(report, {**figures, "alignment.json": json_bytes(report)})


def _file_names(count: int) -> list[str]:
    if count == 1:
        return ["alignment.png"]
    return [f"alignment-{number}.png" for number in range(1, count + 1)]


def _document(transformer: TransformerSummary, summary: SplitSummary) -> dict[str, Any]:
    return {
        "title": transformer.title,
        "parts": {
            each.part: {name: getattr(each, name) for name in NUMBERS}
            for each in transformer.alignments
        },
        "sharpness": [
            _ratio(gradient_energy(V[None]), gradient_energy(U[None]))
            for U, V in zip(summary.class_means, transformer.class_means, strict=True)
        ],
    }


def _ratio(value: float, other: float) -> float | None:
    return value / other if other else None


def _figure(
    transformer: TransformerSummary, summary: SplitSummary, names: Sequence[str], title: str
) -> bytes:
    parts = [
        DrawnAndUndone(part_name(each.part), each.before, each.undone)
        for each in transformer.alignments
    ]
    means = [("mean U", summary.class_means), ("mean V", transformer.class_means)]
    return alignment_png(parts, np.asarray(summary.labels), means, names, title=title)
