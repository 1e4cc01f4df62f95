"""Figure of a sweep: curves, heat map, slices, or the error over the number of training images."""

from collections.abc import Callable
from dataclasses import dataclass

from stnctl.errors import InputError, UsageError
from stnctl.figures.band_curves import MAX_BANDS, band_curves_png, band_curves_svg
from stnctl.figures.heat_map import heat_map_png, heat_map_svg
from stnctl.figures.size_curves import size_curves_png, size_curves_svg
from stnctl.figures.value_slices import value_slices_png, value_slices_svg
from stnctl.sweeps.figure_values import (
    TRAIN_SIZE,
    VALIDATION,
    Document,
    best_bands,
    distinct_values,
    heat_map,
    size_curves,
    value_slices,
)
from stnctl.sweeps.table_text import decisive_metric

MAX_SIDE = 1000
"""Maximum number of values of a key in a heat map."""


@dataclass(frozen=True)
class SweepFigure:
    """Figure of a sweep, drawn on request.

    Attributes:
        title: Its title.
        png: Function that returns it as a PNG.
        svg: Function that returns it as an SVG for a page, with a prefix for its ids.
    """

    title: str
    png: Callable[[], bytes]
    svg: Callable[[str], str]


def sweep_figure(document: Document, kind: str | None = None) -> SweepFigure:
    """Return a figure of a sweep.

    Args:
        document: The table of the sweep.
        kind: One of `stnctl.config.choices.SWEEP_FIGURES`; None for the one that fits the keys.

    Raises:
        InputError: If the sweep has no result.
        UsageError: If the keys of the sweep do not fit the kind.
    """
    if not any(group["validation_accuracy"] for group in document["groups"]):
        raise InputError(f"sweep {document['sweep']} has no finished cell, so nothing to draw")
    return _FIGURES[kind or fitting_kind(document)](document)


def fitting_kind(document: Document) -> str:
    """Return the kind of figure that fits the keys of a sweep."""
    keys, groups = document["keys"], document["groups"]
    if any(len(curve.sizes) > 1 for curve in size_curves(document)):
        return "train_size"
    if len(keys) == 2:
        rows, columns = (len(distinct_values(document, key)) for key in keys)
        if min(rows, columns) > 1 and rows * columns == len(groups):
            return "heat_map"
    return "slices" if len(groups) > MAX_BANDS else "curves"


def _curves(document: Document) -> SweepFigure:
    bands = best_bands(document)
    rest = sum(group["validation_accuracy"] is not None for group in document["groups"])
    title = f"sweep {document['sweep']}: mean and standard deviation over the seeds"
    return SweepFigure(
        title,
        lambda: band_curves_png(bands, title=title, num_left_out=rest - len(bands)),
        lambda prefix: band_curves_svg(bands, prefix=prefix, num_left_out=rest - len(bands)),
    )


def _heat_map(document: Document) -> SweepFigure:
    keys = document["keys"]
    if len(keys) != 2:
        raise UsageError(
            f"a heat map needs two keys, but the groups differ in {', '.join(keys) or 'none'}",
            hint="--figure slices has a panel for each key",
        )
    heat = heat_map(document, keys)
    if max(heat.values.shape) > MAX_SIDE:
        raise UsageError(
            f"a heat map has at most {MAX_SIDE:,} values of a key, got {max(heat.values.shape):,}",
            hint="--figure slices has no such limit",
        )
    title = f"sweep {document['sweep']}: mean over the seeds"
    return SweepFigure(
        title,
        lambda: heat_map_png(heat, title=title),
        lambda prefix: heat_map_svg(heat, prefix=prefix),
    )


def _slices(document: Document) -> SweepFigure:
    slices, results = value_slices(document)
    if not slices:
        raise UsageError(
            "slices need a key in which the groups differ, but there is none",
            hint="--figure curves has the curves of the trainings",
        )
    title = f"sweep {document['sweep']}: {len(results):,} cells, later ones darker"
    return SweepFigure(
        title,
        lambda: value_slices_png(slices, results, name=VALIDATION, title=title),
        lambda prefix: value_slices_svg(slices, results, name=VALIDATION, prefix=prefix),
    )


def _train_size(document: Document) -> SweepFigure:
    curves = size_curves(document)
    if not curves:
        raise UsageError(f"no group with results has a number as its {TRAIN_SIZE}")
    name = f"{decisive_metric(document).removesuffix('_accuracy')} error (%)"
    title = f"sweep {document['sweep']}: mean error and 95 % interval"
    return SweepFigure(
        title,
        lambda: size_curves_png(curves, name=name, title=title),
        lambda prefix: size_curves_svg(curves, name=name, prefix=prefix),
    )


_FIGURES: dict[str, Callable[[Document], SweepFigure]] = {
    "curves": _curves,
    "heat_map": _heat_map,
    "slices": _slices,
    "train_size": _train_size,
}
