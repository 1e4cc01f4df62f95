"""Tables and notes of ``stnctl inspect``."""

from pathlib import Path

from stnctl.cli import console
from stnctl.config.labels import data_name
from stnctl.config.messages import format_decimal
from stnctl.evaluation.collapse import TO_FOLLOW
from stnctl.inspection.alignment_inspection import AlignmentInspection
from stnctl.inspection.epochs import EpochsInspection
from stnctl.inspection.inspected_example import predicted_label, true_label
from stnctl.inspection.run_inspection import Inspection
from stnctl.reports.alignment_columns import ALIGNMENT_HEADER, ALIGNMENT_TITLE, alignment_cells

_COLUMNS = {
    "rotation_degrees": ("rot°", 2),
    "scale_x": ("sx", 2),
    "scale_y": ("sy", 2),
    "shear": ("shear", 2),
    "translation_x": ("tx", 2),
    "translation_y": ("ty", 2),
    "tilt_x": ("tilt x", 4),
    "tilt_y": ("tilt y", 4),
    "mean_displacement": ("mean", 2),
    "largest_displacement": ("max", 2),
}
"""Name of a quantity from `Transform.describe` -> heading and decimal digits of its column."""


def print_inspection(inspection: Inspection, paths: list[Path]) -> None:
    """Print the examples, the thetas of several transformers, notes, and the paths of the files."""
    report, items = inspection.report, inspection.examples.items
    header = ["index", "true", "pred", "prob", "loss", *_headings(items[0].parts or {})]
    rows = [
        [
            str(item.index),
            true_label(item),
            predicted_label(item),
            f"{item.probability:.3f}",
            format_decimal(item.loss, 3),
            *_cells(item.parts or {}),
        ]
        for item in items
    ]
    if items[0].displacement is not None:
        header.append("warp")
        for row, item in zip(rows, items, strict=True):
            row.append(format_decimal(item.displacement or 0.0, 2))
    console.result_table(
        f"{report['run']}: {report['split']} of {data_name(report['data'])}, "
        f"epoch {report['epoch']}",
        header,
        rows,
    )
    if items[0].transformers:
        _print_transformers(inspection)
    _print_notes(inspection)
    for path in paths:
        console.result(str(path))


def print_epochs(inspection: EpochsInspection, paths: list[Path]) -> None:
    """Print a row for each epoch, and the paths of the files."""
    report, items = inspection.report, inspection.report["items"]
    rows = []
    for place, epoch in enumerate(report["epochs"]):
        num_right = sum(item["predicted"][place] == item["true"] for item in items)
        probability = sum(item["probability"][place] for item in items) / len(items)
        rows.append(
            [
                str(epoch),
                f"{num_right}/{len(items)}",
                f"{probability:.3f}",
                format_decimal(float(inspection.warps[place]), 2),
            ]
        )
    console.result_table(
        f"{report['run']}: {len(items)} images of {report['split']} of {data_name(report['data'])}",
        ["epoch", "right", "prob", "warp"],
        rows,
    )
    for path in paths:
        console.result(str(path))


def print_alignment(inspection: AlignmentInspection, paths: list[Path]) -> None:
    """Print a row for each part of the pose of each transformer, and the paths of the files."""
    report = inspection.report
    console.result_table(
        f"{report['run']}: {ALIGNMENT_TITLE}",
        ["transformer", *ALIGNMENT_HEADER],
        [
            [title, *alignment_cells(part, numbers)]
            for title, parts in inspection.alignments
            for part, numbers in parts.items()
        ],
    )
    for path in paths:
        console.result(str(path))


def _print_transformers(inspection: Inspection) -> None:
    """Print a table for each of several transformers, below its heading."""
    items = inspection.examples.items
    for number, maps in enumerate(inspection.examples.transformers):
        thetas = [(item.transformers or [])[number] for item in items]
        console.result_table(
            maps.title,
            ["index", *_headings(thetas[0].parts)],
            [
                [str(item.index), *_cells(theta.parts)]
                for item, theta in zip(items, thetas, strict=True)
            ],
        )


def _print_notes(inspection: Inspection) -> None:
    transformers, same = inspection.examples.transformers, inspection.same_thetas
    if not transformers:
        console.note("note  a plain CNN has no transformer and no V: only U is written")
    constant = f"nearly the same for all of these: it does not depend on the image; {TO_FOLLOW}"
    if len(transformers) == len(same) == 1:
        console.note(f"note  theta is {constant}")
    else:
        for maps in same:
            console.note(f"note  theta of {maps.title} is {constant}")


def _headings(parts: dict[str, float]) -> list[str]:
    return [_COLUMNS[part][0] for part in parts]


def _cells(parts: dict[str, float]) -> list[str]:
    return [format_decimal(value, _COLUMNS[part][1]) for part, value in parts.items()]
