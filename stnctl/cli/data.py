"""``stnctl data``: data sets as files."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.options import SPLITS, Changes, ConfigFile, Json, Seed, choice_option, overrides_of
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from stnctl.config.schema import Config
    from stnctl.data.split_view import EpochExamples

EXAMPLES = """\b
Examples:
  stnctl data export configs/stn_r.yaml -o r.npz
  stnctl data export configs/stn_tc.yaml --split test --dtype uint8 -o tc-test.npz
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
        str, choice_option("--split", (*SPLITS, "all"), "Part of the data to write.")
    ] = "all",
    epoch: Annotated[
        int | None,
        typer.Option(
            "--epoch",
            metavar="K",
            min=1,
            help="Write the training images as they are drawn for the K-th epoch; the first if "
            "absent.",
        ),
    ] = None,
    dtype: Annotated[
        str, choice_option("--dtype", ("float32", "uint8"), "What images are written as.")
    ] = "float32",
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
    json: Json = False,
) -> None:
    """Write what a network would see of the data of CONFIG, to use it elsewhere.

    FILE gets the arrays x_SPLIT (N, H, W, C) in the unit range, float32 from 0 to 1 or uint8 from
    0 to 255; the labels y_SPLIT (N,); and, if the data is distorted, theta_SPLIT (N, P), or
    (N, 2, P) for two images in an example. theta takes points of the example to points of the
    image that it was made of (target to source), normalized, x before y, -1 and 1 at the centers
    of the corner pixels; `transform` names its family, and `control_points` has the rows and
    columns of a thin plate spline. Where several transforms follow one another, there are
    theta_SPLIT_1, theta_SPLIT_2, ... in the order in which points go through them.

    FILE can be a `data.source`; the section `data` that a configuration needs for that is printed
    as the next step. Where FILE has a single split, its keys name each array twice: what is
    trained on is then also what is measured on.
    """
    from stnctl.cli.loading import open_job, open_views, warn_of_lost_mass
    from stnctl.cli.output_paths import check_destination
    from stnctl.config.load import load_config
    from stnctl.data.dataset_export import describe_export, section_to_read
    from stnctl.inspection.distortion_preview import measure_lost_mass

    target = check_destination(output, ".npz", force=force)
    splits = SPLITS if split == "all" else (split,)
    _check_epoch(epoch, splits)
    resolved = load_config(config, overrides_of(set_, seed))
    _check_source(resolved, output)
    job, number = open_job(resolved, fits=False), epoch or 1
    views = open_views(job, splits)
    epochs = {
        name: view.examples(number - 1 if name == "train" else 0) for name, view in views.items()
    }
    warn_of_lost_mass(measure_lost_mass(next(iter(epochs.values()))))
    arrays = _write(target, epochs, dtype)
    _warn_of_size(output, sum(array["num_bytes"] for array in arrays.values()))
    section = section_to_read(resolved, output, splits)
    if json:
        report = describe_export(resolved, job.dataset, epochs, number)
        console.result_json({"file": str(output), **report, "arrays": arrays, "section": section})
        return
    console.result(str(output))
    said = f"data={_as_yaml(section)}"
    console.next_steps([console.command("stnctl", "train", config, "--set", said)])


def _check_epoch(epoch: int | None, splits: tuple[str, ...]) -> None:
    if epoch is not None and "train" not in splits:
        raise UsageError(
            f"--epoch is for training images; those of the {splits[0]} set are drawn once",
            hint="leave it out, or change data.test_seed with --set",
        )


def _check_source(config: "Config", output: Path) -> None:
    """Refuse to replace the data itself."""
    from stnctl.data.sources.dataset_loader import expand

    source = expand(config.data.source)
    if output.exists() and os.path.exists(source) and output.samefile(source):  # noqa: PTH110
        raise UsageError(f"{output} is the data of the configuration", hint="name another file")


def _write(path: Path, epochs: "dict[str, EpochExamples]", dtype: str) -> dict[str, dict[str, Any]]:
    """Write the file, and return what is said of each of its arrays."""
    from stnctl.data.dataset_export import exported_arrays
    from stnctl.storage.npz_writer import write_npz

    with console.progress("exporting", unit="images") as progress:
        written = write_npz(path, exported_arrays(epochs, dtype=dtype, progress=progress))
    return {name: array._asdict() for name, array in written.items()}


def _warn_of_size(output: Path, num_bytes: int) -> None:
    from stnctl.data.sources.user_files import MAX_BYTES

    if num_bytes > MAX_BYTES:
        console.warning(
            f"{output} unpacks to {num_bytes:,} bytes, but a data.source may hold {MAX_BYTES:,}: "
            "write it as uint8, or a split at a time, to read it here"
        )


def _as_yaml(section: dict[str, Any]) -> str:
    """Return a section in one line."""
    import yaml

    text = yaml.safe_dump(
        section, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10**6
    )
    return text.strip()
