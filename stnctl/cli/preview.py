"""``stnctl preview``: the images of a configuration, before it is trained."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.options import Changes, ConfigFile, Json, RunsDir, Seed, Split, overrides_of
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from stnctl.data.split_view import EpochExamples
    from stnctl.training.setup import TrainJob

EXAMPLES = """\b
Examples:
  stnctl preview configs/stn_rts.yaml
  stnctl preview configs/stn.yaml --set data.distortion=TC --split test -o tc
"""

NUM_COVERED = 2048
"""Images of which the least, the mean and the largest are drawn."""


def preview(
    config: ConfigFile,
    set_: Changes = None,
    seed: Seed = None,
    split: Split = "train",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FOLDER",
            help="Where to write; preview/NAME/SPLIT among the runs if absent.",
        ),
    ] = None,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Show the images of CONFIG as a network would see them.

    Writes grid.png, with the same image of each class under the draws of several epochs (of
    validation and test images, which are drawn once, it has several of each class), and
    classes.png, with the least, the mean and the largest image of each class. Prints what was
    drawn, how many images are made in a second, and the share of the digits' mass that left the
    canvas. If that is more than a half, nothing is written.
    """
    from stnctl.cli.loading import open_job, open_views
    from stnctl.config.distortion_sets import distortion_name
    from stnctl.config.load import load_config

    overrides = overrides_of(set_, seed)
    resolved = load_config(config, overrides)
    name = resolved.name or config.stem
    folder = output or runs_dir / "preview" / name / split
    _refuse_file(folder)
    job = open_job(resolved)
    console.note(f"data  {job.dataset.source}, {len(job.dataset.split(split)):,} images of {split}")
    view = replace(open_views(job, [split])[split], pixels="unit")
    examples = view.examples()
    report = {"config": str(config), **_measure(job, examples)}
    distortion = distortion_name(report["distortion"])
    title = f"{name}: {distortion}, {split} of {job.dataset.source}"
    pictures = _draw(examples, title)
    _make_folder(folder, None if output else runs_dir)
    report["files"] = _write(folder, pictures)
    if json:
        console.result_json(report)
    else:
        _render(report, title)
        console.next_steps([console.command("stnctl", "train", config, *_repeated(overrides))])


def _measure(job: "TrainJob", examples: "EpochExamples") -> dict[str, Any]:
    """Return the numbers, or refuse a distortion whose digits mostly leave the canvas."""
    from stnctl.cli.loading import warn_of_lost_mass
    from stnctl.data.distortion_stats import drawn_ranges
    from stnctl.inspection.distortion_preview import (
        images_per_second,
        measure_lost_mass,
        refuse_lost_mass,
    )

    view, lost = examples.view, measure_lost_mass(examples)
    refuse_lost_mass(job.config.data.distortion, view, lost)
    warn_of_lost_mass(lost)
    height, width, channels = view.input_shape
    return {
        "data": job.dataset.source,
        "data_sha256": job.dataset.sha256,
        "split": view.name,
        "distortion": job.config.model_dump(mode="json")["data"]["distortion"],
        "num_examples": len(view),
        "num_classes": view.num_classes(job.dataset.num_classes),
        "canvas": [height, width],
        "num_channels": channels,
        "drawn": {name: asdict(range_) for name, range_ in drawn_ranges(examples).items()},
        "lost_mass": asdict(lost),
        "images_per_second": None if view.spec.is_plain else images_per_second(view),
    }


def _draw(examples: "EpochExamples", title: str) -> dict[str, bytes]:
    from stnctl.figures.contact_sheet import contact_sheet_png
    from stnctl.inspection.distortion_preview import evenly_spread
    from stnctl.inspection.preview_rows import class_rows, draws_differ, example_rows

    view, indices = examples.view, evenly_spread(len(examples), NUM_COVERED)
    shown = "the first images of each class"
    if draws_differ(view):
        shown = "the first image of each class, drawn anew in each epoch"
    covered = f"the least, the mean and the largest of {len(indices):,} images, by class"
    return {
        "grid.png": contact_sheet_png(example_rows(view), title=f"{title}\n{shown}"),
        "classes.png": contact_sheet_png(
            class_rows(examples, indices), title=f"{title}\n{covered}"
        ),
    }


def _refuse_file(folder: Path) -> None:
    """Refuse a folder to write to that is a file, or would lie in one."""
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise UsageError(f"{place} is a file, expected a folder", hint="name another folder")


def _make_folder(folder: Path, runs_dir: Path | None) -> None:
    """Make the folder to write to; one among the runs is told to git as ignored, as runs are."""
    from stnctl.runs.directory import make_runs_dir
    from stnctl.storage.disk import explain_os_errors, make_folder

    if runs_dir is not None:
        with explain_os_errors(runs_dir, doing="make", safe="nothing was changed"):
            make_runs_dir(runs_dir)
    make_folder(folder)


def _write(folder: Path, pictures: dict[str, bytes]) -> list[str]:
    from stnctl.storage.atomic import atomic_write

    for name, picture in pictures.items():
        atomic_write(folder / name, picture)
    return [str(folder / name) for name in pictures]


def _render(report: dict[str, Any], title: str) -> None:
    lost = report["lost_mass"]
    height, width = report["canvas"]
    speed = report["images_per_second"]
    console.result_table(
        title,
        ["canvas", "examples", "classes", "lost %", "worst %", "images/s"],
        [
            [
                f"{height}x{width}",
                str(report["num_examples"]),
                str(report["num_classes"]),
                f"{100 * lost['mean']:.2f}",
                f"{100 * lost['worst']:.2f}",
                "-" if speed is None else f"{speed:,.0f}",
            ]
        ],
    )
    if drawn := report["drawn"]:
        console.result_table(
            "what was drawn", ["number", "unit", "least", "mean", "largest"], _rows(drawn)
        )
    for path in report["files"]:
        console.result(path)


def _rows(drawn: dict[str, dict[str, Any]]) -> list[list[str]]:
    return [
        [name, found["unit"], *(f"{found[part]:z.2f}" for part in ("least", "mean", "largest"))]
        for name, found in drawn.items()
    ]


def _repeated(overrides: list[str]) -> list[str]:
    return [word for override in overrides for word in ("--set", override)]
