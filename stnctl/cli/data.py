"""``stnctl data``: export of distorted data sets as files."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.options import Changes, ConfigFile, Force, Json, Seed, choice_option, overrides_of
from stnctl.config.choices import MAX_EPOCHS, SPLITS
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from stnctl.config.schema import Config
    from stnctl.data.split_view import EpochExamples

EXAMPLES = """\b
Examples:
  stnctl data export stn_r -o r.npz
  stnctl data export stn_tc --split test --dtype uint8 -o tc-test.npz
"""

app = typer.Typer(
    help="Write data sets to files.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def group() -> None:
    """Write data sets to files."""


@app.command("export", epilog=EXAMPLES)
def export(
    config: ConfigFile,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The .npz file to write.")
    ],
    set_: Changes = None,
    seed: Seed = None,
    split: Annotated[
        str, choice_option("--split", (*SPLITS, "all"), "Split to write, default all.")
    ] = "all",
    epoch: Annotated[
        int | None,
        typer.Option(
            "--epoch",
            metavar="K",
            min=1,
            max=MAX_EPOCHS,
            help="Epoch of the training images, default 1: each epoch draws its own distortions.",
        ),
    ] = None,
    dtype: Annotated[
        str, choice_option("--dtype", ("float32", "uint8"), "Type of the images, default float32.")
    ] = "float32",
    force: Force = False,
    json: Json = False,
) -> None:
    """Write the images of CONFIG as a network receives them, for use in other programs.

    FILE contains the images x_SPLIT (N, H, W, C), float32 from 0 to 1 or uint8 from 0 to 255; the
    labels y_SPLIT (N,); and, for distorted data, theta_SPLIT (N, P), or (N, 2, P) for examples of
    two images. theta maps points of the example to points of the original image (target to source)
    in normalized coordinates (x, y), with -1 and 1 at the centers of the corner pixels. `transform`
    has the name of the transform, and `control_points` has the rows and columns of a thin plate
    spline. For several transforms in sequence, there are theta_SPLIT_1, theta_SPLIT_2, ... in the
    order in which the transforms are applied to points.

    FILE can be used as `data.source`. The command prints the necessary section `data` as the next
    step. If FILE has a single split, this section uses it for both training and test.
    """
    from stnctl.cli.loading import open_job, open_views, warn_of_lost_mass
    from stnctl.cli.output_paths import check_destination
    from stnctl.config.load import load_config, locating_problems
    from stnctl.data.dataset_export import data_section, describe_export
    from stnctl.inspection.distortion_preview import measure_lost_mass

    target = check_destination(output, ".npz", force=force)
    splits = SPLITS if split == "all" else (split,)
    _check_epoch(epoch, splits)
    overrides, number = overrides_of(set_, seed), epoch or 1
    resolved = load_config(config, overrides)
    _check_source(resolved, output)
    with locating_problems(config, overrides):
        job = open_job(resolved, network=False)
        epochs = {
            name: view.examples(number - 1 if name == "train" else 0)
            for name, view in open_views(job, splits).items()
        }
    warn_of_lost_mass(measure_lost_mass(next(iter(epochs.values()))))
    arrays = _write(target, epochs, dtype)
    _warn_of_size(output, sum(array["num_bytes"] for array in arrays.values()))
    section = data_section(resolved, output, splits)
    if json:
        report = describe_export(resolved, job.dataset, epochs, number)
        console.result_json({"file": str(output), **report, "arrays": arrays, "section": section})
        return
    console.result(str(output))
    override = f"data={_as_yaml(section)}"
    console.next_steps([console.command("stnctl", "train", config, "--set", override)])


def _check_epoch(epoch: int | None, splits: tuple[str, ...]) -> None:
    if epoch is not None and "train" not in splits:
        raise UsageError(
            f"--epoch is for training images; those of the {splits[0]} set are drawn once",
            hint="leave it out, or change data.test_seed with --set",
        )


def _check_source(config: "Config", output: Path) -> None:
    """Reject an output file that is the data source itself."""
    from stnctl.data.sources.dataset_loader import expand_source_path

    source = expand_source_path(config.data.source)
    if output.exists() and os.path.exists(source) and output.samefile(source):  # noqa: PTH110
        raise UsageError(f"{output} is the data of the configuration", hint="name another file")


def _write(path: Path, epochs: "dict[str, EpochExamples]", dtype: str) -> dict[str, dict[str, Any]]:
    """Write the file, and return the description of each array."""
    from stnctl.data.dataset_export import exported_arrays
    from stnctl.storage.npz_writer import write_npz

    with console.progress("exporting", unit="images") as progress:
        written = write_npz(path, exported_arrays(epochs, dtype=dtype, progress=progress))
    return {name: array._asdict() for name, array in written.items()}


def _warn_of_size(output: Path, num_bytes: int) -> None:
    from stnctl.data.sources.user_files import MAX_DECOMPRESSED_BYTES

    if num_bytes > MAX_DECOMPRESSED_BYTES:
        console.warning(
            f"{output} unpacks to {num_bytes:,} bytes, but a data.source may hold "
            f"{MAX_DECOMPRESSED_BYTES:,}: write it as uint8, or a split at a time, to read it here"
        )


def _as_yaml(section: dict[str, Any]) -> str:
    """Return a section as YAML on one line."""
    import yaml

    text = yaml.safe_dump(
        section, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6
    )
    return text.strip()
