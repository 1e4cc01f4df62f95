"""``stnctl predict``: classes of image files."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.options import Checkpoint, Data, Force, Json, Run, RunsDir, choice_option
from stnctl.config.choices import PREPARATIONS

if TYPE_CHECKING:
    from stnctl.inspection.image_prediction import ImagePredictions

EXAMPLES = """\b
Examples:
  stnctl predict latest photo.png
  stnctl predict stn-rts digit:3 scan.jpg -o seen.png
  stnctl predict runs/x sign.png --prepare fit --top 5 --json
"""


def predict(
    run: Run,
    images: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE...", help="Image files, `-` for stdin, or a name as for `stnctl warp`."
        ),
    ],
    prepare: Annotated[
        str | None,
        choice_option(
            "--prepare", PREPARATIONS, "Preparation of the images, default `digit` or `fit`."
        ),
    ] = None,
    top: Annotated[
        int, typer.Option("--top", metavar="N", min=1, max=20, help="Number of printed classes.")
    ] = 3,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE.png", help="File for a picture of image, U and V."
        ),
    ] = None,
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    force: Force = False,
    json: Json = False,
) -> None:
    """Predict the classes of image files by a run.

    With --prepare digit, the default for MNIST and the embedded digits, an image is prepared as
    those of MNIST were: the background becomes black and the ink white, the digit is scaled into
    20x20 of 28x28 pixels, and its center of mass is moved to the center. So it may be a photo or a
    scan with one digit on an even background. With --prepare fit, the default for other data, the
    whole image is scaled into the input of the network, with a black margin. With --prepare none,
    the image must have the size of the input.

    The command prints the most probable classes. --output draws each image as it was given, as the
    network receives it (U), and what the transformer samples (V).
    """
    from stnctl.cli.loading import open_runs
    from stnctl.cli.output_paths import check_destination
    from stnctl.cli.results import write_then_show
    from stnctl.data.image_files.image_io import MAX_PIXELS
    from stnctl.evaluation.run_loader import find_runs
    from stnctl.inspection.image_prediction import (
        default_preparation,
        predict_images,
        predictions_figure,
    )
    from stnctl.storage.atomic import atomic_write
    from stnctl.warping.image_source import read_source

    target = None if output is None else check_destination(output, ".png", force=force)
    [found] = find_runs([run], runs_dir)
    given = {name: read_source(Path(name), MAX_PIXELS) for name in images}
    for image in given.values():
        for note in image.notes:
            console.note(f"note  {note}")
    [loaded] = open_runs([found], checkpoint=checkpoint, source=data)
    predictions = predict_images(loaded, given, prepare or default_preparation(loaded))
    names = loaded.job.class_names
    document = {
        "run": found.name,
        "checkpoint": checkpoint,
        "epoch": loaded.num_epochs,
        "prepare": predictions.prepare,
        "classes": list(names),
        "images": predictions.documents(),
    }

    def write() -> list[Path]:
        if target is None or output is None:
            return []
        atomic_write(target, predictions_figure(loaded, given, predictions))
        return [output]

    write_then_show(write, document, partial(_show, predictions, names, top), json=json)


def _show(
    predictions: "ImagePredictions", names: tuple[str, ...], top: int, paths: list[Path]
) -> None:
    """Print the most probable classes of each image, and the paths of the files."""
    count = min(top, predictions.probabilities.shape[1])
    header = ["image", "class", "%"]
    for number in range(2, count + 1):
        header += [f"{number}.", "%"]
    rows = [
        [name, *(text for label, share in predictions.ranked(place, count)
                 for text in (names[label], f"{100 * share:.1f}"))]
        for place, name in enumerate(predictions.names)
    ]  # fmt: skip
    console.result_table(f"predictions ({predictions.prepare})", header, rows, texts=["image"])
    for path in paths:
        console.result(str(path))
