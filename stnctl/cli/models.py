"""``stnctl models``: the named networks, and their layers."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.options import Force, Json
from stnctl.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from stnctl.models.catalog import NamedNetwork
    from stnctl.models.network import Network

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
  stnctl models show configs/stn.yaml --figure stn.png
"""
UNFOLDED = ("conv", "dense", "theta", "spatial_transformer")
"""Types of operations that always have a box of their own in a figure."""

BATCH = 64
"""Number of images of the training step whose memory is listed."""

_SIZE = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,3})")

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Size = Annotated[
    str, typer.Option("--size", metavar="HxW", help="Height and width of the images in pixels.")
]
Channels = Annotated[
    int, typer.Option("--channels", min=1, max=16, help="Number of channels of the images.")
]
Classes = Annotated[int, typer.Option("--classes", min=2, max=2000, help="Number of classes.")]


@app.callback()
def models(
    context: typer.Context,
    size: Size = "28x28",
    channels: Channels = 1,
    classes: Classes = 10,
    json: Json = False,
) -> None:
    """List the named classifiers and localization networks.

    Each has its number of parameters and of multiply-adds for one image, and the approximate memory
    of a training step with 64 images. Localization networks are those of an affine transformer, or
    of a rotation if they are for transforms with an angle.
    """
    if context.invoked_subcommand is not None:
        return
    from stnctl.models.catalog import named_networks

    shape = (*_parse_size(size), channels)
    documents = [_describe(each, shape, classes) for each in named_networks()]
    if json:
        console.result_json({"input": list(shape), "num_classes": classes, "networks": documents})
        return
    console.result_table(
        f"named networks, for images of {size}x{channels} and {classes} classes",
        ["name", "kind", "parameters", "multiply-adds", "MB a step"],
        [_row(document) for document in documents],
    )
    for document in documents:
        console.result(f"{document['kind']} {document['name']}: {document['description']}")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A name, a kind and a name such as classifier:article, or a configuration.",
        ),
    ],
    size: Size = "28x28",
    channels: Channels = 1,
    classes: Classes = 10,
    figure: Annotated[
        Path | None,
        typer.Option("--figure", metavar="FILE.png", help="Draw the layers to a PNG file."),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Print a named network as YAML to copy, with the table of its layers.

    NAME can also be a configuration, a YAML file. Its whole network is then shown, for images of
    the given size.
    """
    shape = (*_parse_size(size), channels)
    if figure is not None:
        _check_figure(figure, force=force)
    shown = _networks(name, shape, classes)
    if figure is not None:
        if len(shown) > 1:
            kinds = " or ".join(title.replace(" ", ":") for title, _, _ in shown)
            raise UsageError(f"--figure draws one network: name {kinds}")
        [(title, _, network)] = shown
        _draw(figure, f"{title}: {network.parameters:,} parameters", network)
    if json:
        from stnctl.cli.layer_tables import describe_layers

        networks = [
            {
                "name": title,
                "yaml": text,
                "num_params": network.parameters,
                "multiply_adds": network.multiply_adds,
                "layers": describe_layers(network),
            }
            for title, text, network in shown
        ]
        files = [] if figure is None else [str(figure)]
        console.result_json({"networks": networks, "files": files})
        return
    from stnctl.cli.layer_tables import print_layers

    for title, text, network in shown:
        console.result(text)
        print_layers(
            f"{title}: {network.parameters:,} parameters, {network.multiply_adds:,} multiply-adds",
            network,
        )
    if figure is not None:
        console.result(str(figure))


def _parse_size(text: str) -> tuple[int, int]:
    match = _SIZE.fullmatch(text)
    if match is None:
        raise UsageError(f"--size: expected a height and a width such as 28x28, got {text!r}")
    return int(match[1]), int(match[2])


def _networks(
    name: str, shape: tuple[int, int, int], classes: int
) -> "list[tuple[str, str, Network]]":
    """Return the title, the YAML and the trace of each network with a name, or of a config."""
    from stnctl.models.catalog import find_networks

    if Path(name).suffix in (".yaml", ".yml"):
        from stnctl.config.dump import dump_data
        from stnctl.config.load import load_config, locating_problems
        from stnctl.models.network import fitting_network

        model = load_config(Path(name)).model
        data = {"model": model.model_dump(mode="json", exclude_defaults=True)}
        with locating_problems(Path(name)):
            return [(name, dump_data(data), fitting_network(model, shape, classes))]
    return [
        (
            f"{each.kind} {each.name}",
            f"# {each.description}\n{each.yaml()}",
            _trace(each, shape, classes),
        )
        for each in find_networks(name)
    ]


def _trace(network: "NamedNetwork", shape: tuple[int, int, int], classes: int) -> "Network":
    try:
        return network.trace(shape, classes)
    except ConfigError as error:
        height, width, channels = shape
        raise UsageError(
            f"{network.kind} {network.name} does not fit images of {height}x{width}x{channels}: "
            f"{error}",
            hint="choose larger images with --size",
        ) from error


def _describe(network: "NamedNetwork", shape: tuple[int, int, int], classes: int) -> dict[str, Any]:
    from stnctl.models.memory_use import step_bytes

    document = {
        "name": network.name,
        "kind": network.kind,
        "description": network.description,
        "problem": None,
    }
    try:
        traced = network.trace(shape, classes)
    except ConfigError as error:
        numbers = dict.fromkeys(("num_params", "multiply_adds", "step_bytes"))
        return {**document, **numbers, "problem": str(error)}
    return {
        **document,
        "num_params": traced.parameters,
        "multiply_adds": traced.multiply_adds,
        "step_bytes": step_bytes(traced, BATCH),
    }


def _row(document: dict[str, Any]) -> list[str]:
    start = [document["name"], document["kind"]]
    if document["problem"]:
        return [*start, "too small", "", ""]
    return [
        *start,
        f"{document['num_params']:,}",
        f"{document['multiply_adds']:,}",
        f"{document['step_bytes'] / 1e6:.0f}",
    ]


def _check_figure(path: Path, *, force: bool) -> None:
    if path.suffix != ".png":
        raise UsageError(f"--figure: expected a name that ends with .png, got {str(path)!r}")
    if path.exists() and not force:
        raise UsageError(f"{path} exists", hint="choose another name, or replace it with --force")


def _draw(path: Path, title: str, network: "Network") -> None:
    from stnctl.figures.layer_boxes import LayerBox, layer_boxes_png
    from stnctl.models.layer_table import layer_rows
    from stnctl.storage.atomic import atomic_write

    boxes: list[LayerBox] = []
    for row in layer_rows(network):
        box = LayerBox(row.type, row.output, row.part)
        if boxes and row.type not in UNFOLDED and box.follows(boxes[-1]):
            box = LayerBox(f"{boxes.pop().label}, {row.type}", row.output, row.part)
        boxes.append(box)
    atomic_write(path, layer_boxes_png(title, boxes))
