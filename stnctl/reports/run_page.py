"""Content of the part of an HTML report that shows one run: plain values, PNG and SVG figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from stnctl.config.dump import dump_config
from stnctl.data.split_view import EpochExamples
from stnctl.evaluation.alignment import SAME, pose_parts, spread
from stnctl.evaluation.classification_metrics import Metrics, cross_entropy, measure
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.figures.class_means import class_means_png
from stnctl.figures.history import history_svg
from stnctl.figures.pose_charts import PosePart, alignment_svg, pose_svg
from stnctl.inspection.examples import best_indices, read_examples, worst_indices
from stnctl.inspection.run_inspection import example_figures
from stnctl.inspection.split_summary import SplitSummary, TransformerSummary, summarize_split
from stnctl.models.layer_table import LayerRow, layer_rows
from stnctl.reports.robustness_charts import RobustnessChart, robustness_charts
from stnctl.runs.alignment_record import part_name
from stnctl.runs.provenance import read_record
from stnctl.runs.summary import summarize
from stnctl.training.history_figure import read_history

GALLERY = 9
"""Number of examples in a gallery."""

_MAPS = ("UV.png", "transformers.png", "U.png")
"""Figures of an inspection, the most informative one first."""


@dataclass(frozen=True, eq=False)
class Gallery:
    """Figure of selected examples.

    Attributes:
        title: Heading.
        png: The figure, a PNG file.
    """

    title: str
    png: bytes


@dataclass(frozen=True, eq=False)
class TransformerPage:
    """Content about one transformer that samples the input image.

    Attributes:
        title: Its heading in words.
        poses: SVG of the parts of its poses; "" if all images have the same pose.
        alignments: Rows of the table of alignment: part with its unit, spread before, spread after,
            and slope, None if undetermined.
        alignment: SVG of undone against drawn values; "" without a known distortion.
    """

    title: str
    poses: str
    alignments: list[tuple[str, float, float, float | None]]
    alignment: str


@dataclass(frozen=True, eq=False)
class RunPage:
    """Content about one run.

    Attributes:
        name: Name of the run.
        label: Data and network in a few words.
        split: Name of the evaluated split.
        checkpoint: "best" or "last".
        epoch: Number of finished epochs of the checkpoint.
        record: The content of run.json.
        config: The configuration as YAML.
        history: SVG of the curves of the training; "" before the first epoch.
        metrics: Metrics on the split.
        classes: Names of the classes.
        num_params: Number of parameters of the network.
        multiply_adds: Number of multiply-adds for one image.
        layers: Rows of the table of layers.
        galleries: Figures of examples.
        transformers: Content about each transformer that samples the input image.
        robustness: Error curves over the values of a distortion, if they were measured.
    """

    name: str
    label: str
    split: str
    checkpoint: str
    epoch: int
    record: Mapping[str, Any]
    config: str
    history: str
    metrics: Metrics
    classes: tuple[str, ...]
    num_params: int
    multiply_adds: int
    layers: list[LayerRow]
    galleries: list[Gallery]
    transformers: list[TransformerPage]
    robustness: list[RobustnessChart]


def read_run_page(
    loaded: LoadedRun,
    *,
    split: str,
    checkpoint: str,
    prefix: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> RunPage:
    """Evaluate a run on a split, and return the content of its report.

    Args:
        loaded: The run.
        split: One of `stnctl.config.choices.SPLITS`.
        checkpoint: Name of the loaded checkpoint, "best" or "last".
        prefix: Start of the ids in the SVG figures, different for each run of a page.
        progress: Called with the number of evaluated images, and the total.

    Raises:
        DivergedError: If a logit or a parameter of theta is not finite.
        InputError: The same, for a run of another user; or if a file of the run is damaged.
    """
    examples = loaded.examples(split)
    summary = summarize_split(loaded, examples, progress=progress)
    network, short = loaded.job.network, summarize(loaded.run)
    return RunPage(
        name=loaded.run.name,
        label=f"{short.network}, trained on {short.data}",
        split=split,
        checkpoint=checkpoint,
        epoch=loaded.num_epochs,
        record=read_record(loaded.run),
        config=dump_config(loaded.config),
        history=_history(loaded, short.best_epoch, f"{prefix}-history"),
        metrics=measure(summary.logits, summary.labels),
        classes=loaded.job.class_names,
        num_params=network.parameters,
        multiply_adds=network.multiply_adds,
        layers=layer_rows(network),
        galleries=_galleries(loaded, examples, summary),
        transformers=[
            _transformer_page(each, summary.labels, f"{prefix}-t{n}")
            for n, each in enumerate(summary.transformers)
        ],
        robustness=robustness_charts(loaded.run, prefix),
    )


def _history(loaded: LoadedRun, best_epoch: int | None, prefix: str) -> str:
    rows, drift_rows = read_history(loaded.run, loaded.config.train)
    if not rows:
        return ""
    return history_svg(rows, prefix=prefix, best_epoch=best_epoch, drift_rows=drift_rows)


def _galleries(loaded: LoadedRun, examples: EpochExamples, summary: SplitSummary) -> list[Gallery]:
    losses = cross_entropy(summary.logits, summary.labels)
    galleries = []
    for title, choose in (("Worst predictions", worst_indices), ("Best", best_indices)):
        chosen = read_examples(loaded, examples, choose(losses, GALLERY))
        figures = example_figures(loaded, "", chosen)
        [png, *_] = [figures[name] for name in _MAPS if name in figures]
        galleries.append(Gallery(title, png))
    means = [("U", summary.class_means)]
    means += [(f"V ({each.title})", each.class_means) for each in summary.transformers]
    galleries.append(
        Gallery("Mean image of each class", class_means_png(means, loaded.job.class_names))
    )
    return galleries


def _transformer_page(
    summary: TransformerSummary, labels: np.ndarray, prefix: str
) -> TransformerPage:
    parts = [
        PosePart(part_name(part), values)
        for part, values in pose_parts(summary.poses).items()
        if spread(part, values) > SAME
    ]
    pairs = {part_name(each.part): (each.before, each.undone) for each in summary.alignments}
    return TransformerPage(
        title=summary.title,
        poses=pose_svg(parts, labels, f"{prefix}-poses") if parts else "",
        alignments=[
            (part_name(each.part), each.spread_before, each.spread_after, each.slope)
            for each in summary.alignments
        ],
        alignment=alignment_svg(pairs, f"{prefix}-alignment") if pairs else "",
    )
