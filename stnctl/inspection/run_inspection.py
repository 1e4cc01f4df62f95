"""Inspection of a run: selected examples, their report, figures and files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.robustness import DistortionOverride, overridden_examples
from stnctl.figures.example_grids import grid_outlines, maps_png, pairs_png, shade_limits
from stnctl.inspection.captions import caption, index_note, theta_note
from stnctl.inspection.examples import InspectedExamples, TransformerMaps, read_examples
from stnctl.inspection.morph import check_can_morph, morph_gif
from stnctl.inspection.selection import Selection
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


@dataclass(frozen=True, eq=False)
class Inspection:
    """Result of the inspection of a run.

    Attributes:
        report: The result as a JSON document.
        examples: The inspected examples.
        figures: File name -> bytes of the file: "U.png"; for one transformer that samples the
            input image also "V.png" and "UV.png"; for others "transformers.png".
        note: Text for the user that the canvas of the network replaces that of a distortion, or
            None.
    """

    report: dict[str, Any]
    examples: InspectedExamples
    figures: dict[str, bytes]
    note: str | None = None

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
    override: DistortionOverride | None = None,
    animate: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Inspection:
    """Inspect selected examples of a run.

    Args:
        loaded: The run.
        selection: The choice of examples.
        split: One of `stnctl.config.choices.SPLITS`.
        checkpoint: Name of the loaded checkpoint, "best" or "last", for the report.
        override: Distortion that replaces the distortion of the run, or None.
        animate: Whether the figures include "animation.gif", see `morph_gif`.
        progress: Called with the number of evaluated images, and the total.

    Raises:
        UsageError: If a given index is out of range, no example can be selected, ``override`` does
            not fit the network or the images, or ``animate`` is set for a network without a single
            transformer that samples the input image.
        DivergedError: If a logit, a parameter of theta or a part of it is not finite.
        InputError: The same, for a run of another user.
    """
    if animate:
        check_can_morph(loaded)
    under, note, distortion = "", None, {}
    if override is None:
        drawn = loaded.examples(split)
    else:
        overridden = overridden_examples(loaded.view(split), override)
        drawn, note = overridden.examples, overridden.note
        distortion = {"distortion": overridden.distortion}
        under = f" under {override.shown}"
    examples = read_examples(loaded, drawn, selection.choose(loaded, drawn, progress))
    if selection.needs_displacements:
        examples = examples.with_displacements()
    if selection.sort is not None:
        examples = examples.ordered(selection.sort)
    report = {
        "run": loaded.run.name,
        "data": loaded.dataset.source,
        "split": split,
        "checkpoint": checkpoint,
        "epoch": loaded.num_epochs,
        "items": [item.document() for item in examples.items],
        **distortion,
    }
    chosen = selection.title(len(examples.items))
    title = f"{loaded.run.name}: {chosen} on the {split} set{under}"
    figures = example_figures(loaded, title, examples)
    if animate:
        figures["animation.gif"] = morph_gif(examples, title=title)
    return Inspection(report, examples, figures, note)


def write_inspection(folder: Path, inspection: Inspection) -> list[Path]:
    """Write the figures and items.json to a folder, and return the paths of the files.

    The folder is created if it does not exist. Either all files are written, or none.

    Raises:
        EnvironmentFault: If a file can't be written.
    """
    return write_files(folder, {**inspection.figures, "items.json": json_bytes(inspection.report)})


def example_figures(loaded: LoadedRun, title: str, examples: InspectedExamples) -> dict[str, bytes]:
    """Return the figures of examples: file name -> PNG file, see `Inspection`."""
    items, U, network = examples.items, examples.U, loaded.job.network
    captions = [caption(item) for item in items]
    right = [item.true == item.predicted for item in items]
    notes, limits = [index_note(item) for item in items], shade_limits(U)
    figures = {"U.png": maps_png(U, limits, captions, right, heading="U", title=title, notes=notes)}
    if not examples.transformers:
        return figures
    maps = examples.input_transformer
    if maps is None:
        figures["transformers.png"] = transformers_png(examples, network, title=title)
        return figures
    V, align_corners = maps.V, maps.transformer.sampling.align_corners
    figures["V.png"] = maps_png(V, limits, captions, right, heading="V", title=title, notes=notes)
    outlines = grid_outlines(maps.grid, U.shape[1:3], align_corners=align_corners)
    title += f"\n{_LEGEND}{_ONLY_INPUT if network.depends_only_on(maps.transformer.V) else '.'}"
    notes = [theta_note(item, maps, place) for place, item in enumerate(items)]
    figures["UV.png"] = pairs_png(U, V, outlines, limits, captions, right, title=title, notes=notes)
    return figures
