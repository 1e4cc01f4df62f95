"""``stnctl models``: the named networks, and their layers."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.completion import complete_config
from stnctl.cli.options import Force, Json
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from stnctl.cli.shown_networks import ShownNetwork

EXAMPLES = """\b
Examples:
  stnctl models
  stnctl models --size 42x42 --channels 2 --classes 19
  stnctl models show compact
"""
SHOW_EXAMPLES = """\b
Examples:
  stnctl models show compact
  stnctl models show localization:article
  stnctl models show stn --figure stn.png
"""

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Size = Annotated[
    str | None,
    typer.Option("--size", metavar="HxW", help="Height and width of U in pixels, default 28x28."),
]
Channels = Annotated[
    int | None,
    typer.Option("--channels", min=1, max=16, help="Number of channels of U, default 1."),
]
Classes = Annotated[
    int | None, typer.Option("--classes", min=2, max=2000, help="Number of classes, default 10.")
]


@app.callback()
def models(
    context: typer.Context,
    size: Size = None,
    channels: Channels = None,
    classes: Classes = None,
    json: Json = False,
) -> None:
    """List the named classifiers and localization networks.

    Each has its number of parameters and of multiply-adds for one image, and the approximate memory
    of a training step with 64 images. Localization networks are those of an affine transformer, or
    of a rotation if they are for transforms with an angle.
    """
    if context.invoked_subcommand is not None:
        _reject_before_show(**{"--size": size, "--channels": channels, "--classes": classes})
        _reject_before_show(**{"--json": json or None})
        return
    from stnctl.cli.shown_networks import BATCH, Images, describe_named
    from stnctl.models.catalog import named_networks

    images = Images().changed(size, channels, classes)
    documents = [describe_named(each, images) for each in named_networks()]
    if json:
        console.result_json({**images.describe(), "batch_size": BATCH, "networks": documents})
        return
    console.result_table(
        f"named networks for {images.text}, and the memory of a training step with {BATCH} images",
        ["name", "kind", "parameters", "multiply-adds", "memory"],
        [_row(document) for document in documents],
    )
    for document in documents:
        text = document["description"]
        if problem := document["problem"]:
            text = f"does not fit: {problem}"
        console.result(f"{document['kind']} {document['name']}: {text}")


def _reject_before_show(**given: object) -> None:
    for option, value in given.items():
        if value is not None:
            raise UsageError(f"{option} belongs after show: stnctl models show NAME {option} ...")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A name, a kind and a name such as classifier:article, or a configuration: a YAML "
            "file, or a name of `stnctl configs`.",
            autocompletion=complete_config,
        ),
    ],
    size: Size = None,
    channels: Channels = None,
    classes: Classes = None,
    figure: Annotated[
        Path | None,
        typer.Option("--figure", metavar="FILE.png", help="Draw the layers to a PNG file."),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Print a named network as YAML to copy, with the table of its layers.

    NAME can also be a configuration. Its whole network is then shown. By default, U has the size,
    channels and classes that the distortion of the configuration gives to images of 28x28x1 and 10
    classes.
    """
    from stnctl.cli.layer_tables import print_layers
    from stnctl.cli.output_paths import check_destination
    from stnctl.cli.results import write_then_show
    from stnctl.cli.shown_networks import shown_networks

    target = figure and check_destination(figure, ".png", force=force, option="--figure")
    shown = shown_networks(name, size, channels, classes)
    if figure and len(shown) > 1:
        names = " or ".join(each.title.replace(" ", ":") for each in shown)
        raise UsageError(f"--figure draws one network, got {len(shown)}", hint=f"choose {names}")

    def write() -> list[Path]:
        if figure is None or target is None:
            return []
        _draw(target, shown[0])
        return [figure]

    def print_result(paths: list[Path]) -> None:
        for each in shown:
            console.result(each.yaml)
            print_layers(each.heading, each.network)
        for path in paths:
            console.result(str(path))

    document = {"networks": [each.describe() for each in shown]}
    write_then_show(write, document, print_result, json=json)


def _row(document: dict[str, Any]) -> list[str]:
    start = [document["name"], document["kind"]]
    if document["problem"]:
        return [*start, "does not fit", "", ""]
    return [
        *start,
        f"{document['num_params']:,}",
        f"{document['multiply_adds']:,}",
        f"{document['step_bytes'] / 1e6:.0f} MB",
    ]


def _draw(path: Path, shown: "ShownNetwork") -> None:
    from stnctl.models.network_figure import network_png
    from stnctl.storage.atomic import atomic_write

    title = f"{shown.title}: {shown.network.parameters:,} parameters"
    atomic_write(path, network_png(title, shown.network))
