"""``stnctl preview``: the distorted images of a configuration, before a training."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.options import Changes, ConfigFile, Force, Json, RunsDir, Seed, Split, overrides_of
from stnctl.errors import UsageError

EXAMPLES = """\b
Examples:
  stnctl preview stn_rts
  stnctl preview stn --set data.distortion=TC --split test -o tc
"""


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
            help="Folder of the files, default preview/NAME/SPLIT in the folder of runs.",
        ),
    ] = None,
    runs_dir: RunsDir = Path("runs"),
    force: Force = False,
    json: Json = False,
) -> None:
    """Show the images of CONFIG as a network receives them.

    The command writes two figures. grid.png has the first image of each class, as it is drawn in
    several epochs. Validation and test images are drawn only once; for them, grid.png has several
    images of each class. classes.png has the minimum, the mean and the maximum of each pixel, by
    class.

    The command prints the ranges of the drawn parameters, the number of images rendered per second,
    and the mean share of the digits' mass (sum of pixels) that leaves the canvas. If this share
    exceeds a half, nothing is written. --force replaces files in the FOLDER of --output.
    """
    from stnctl.cli.loading import open_job, open_views, warn_of_lost_mass
    from stnctl.cli.output_paths import check_place
    from stnctl.config.labels import data_name, distortion_name
    from stnctl.config.load import load_config, locating_problems
    from stnctl.inspection.distortion_preview import (
        PREVIEW_FILES,
        LostMass,
        preview_document,
        preview_figures,
    )
    from stnctl.runs.directory import PREVIEWS, RunDirectory
    from stnctl.runs.naming import clean_stem

    overrides = overrides_of(set_, seed)
    resolved = load_config(config, overrides)
    name = resolved.name or config.stem
    folder = output or runs_dir / PREVIEWS / clean_stem(name) / split
    _check_folder(folder)
    if output and output.exists():
        for file in PREVIEW_FILES:
            check_place(output / file, force=force)
    if output is None and RunDirectory(runs_dir / PREVIEWS).is_run:
        raise UsageError(
            f"{runs_dir / PREVIEWS} is a run, expected the folder of previews",
            hint="name a folder with --output",
        )
    with locating_problems(config, overrides):
        job = open_job(resolved)
    console.note(f"data  {job.dataset.source}, {len(job.view(split)):,} images of {split}")
    examples = replace(open_views(job, [split])[split], pixels="unit").examples()
    report = {"config": str(config), **preview_document(job, examples)}
    warn_of_lost_mass(LostMass(**report["lost_mass"]))
    data = data_name(job.dataset.source)
    title = f"{name}: {distortion_name(report['distortion'])}, {split} of {data}"
    report["files"] = _write(
        folder, preview_figures(job, examples, title), None if output else runs_dir
    )
    if json:
        console.result_json(report)
        return
    _print(report, title)
    changes = [word for override in overrides for word in ("--set", override)]
    console.next_steps([console.command("stnctl", "train", config, *changes)])


def _check_folder(folder: Path) -> None:
    """Reject an output folder that is a file, or is below one."""
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise UsageError(f"{place} is a file, expected a folder", hint="name another folder")


def _write(folder: Path, figures: dict[str, bytes], runs_dir: Path | None) -> list[str]:
    """Write the files; a new folder of runs is ignored by git, as for a training."""
    from stnctl.cli.output_paths import real_path
    from stnctl.runs.creation import make_runs_dir
    from stnctl.storage.atomic import atomic_write
    from stnctl.storage.disk import explain_os_errors, make_folder

    if runs_dir is not None:
        with explain_os_errors(runs_dir, doing="make", safe="nothing was changed"):
            make_runs_dir(runs_dir)
    make_folder(folder)
    for name, figure in figures.items():
        path = folder / name
        atomic_write(real_path(path) if runs_dir is None else path, figure)
    return [str(folder / name) for name in figures]


def _print(report: dict[str, Any], title: str) -> None:
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
            "drawn parameters", ["parameter", "unit", "min", "mean", "max"], _rows(drawn)
        )
    for path in report["files"]:
        console.result(path)


def _rows(drawn: dict[str, dict[str, Any]]) -> list[list[str]]:
    return [
        [name, found["unit"], *(f"{found[part]:z.2f}" for part in ("least", "mean", "largest"))]
        for name, found in drawn.items()
    ]
