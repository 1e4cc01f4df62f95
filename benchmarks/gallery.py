"""Page docs/gallery.md: figures of real runs, each with the command that draws it.

make gallery                     trains two runs on the embedded digits, and draws the figures
make gallery DATA=mnist.npz      the same on MNIST
make gallery RUNS=runs           uses the runs `rts` and `iterative` in this folder, if they exist

The page in the repository shows runs on MNIST.
"""

import argparse
import os
import shlex
import subprocess
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageSequence

from benchmarks.reports import stnctl

DOCS = Path(__file__).parents[1] / "docs"
IMAGES = DOCS / "images" / "gallery"
WIDTH = 100
"""Largest width of the lines of the page."""

MAX_WIDTH, COLORS = 1000, 96
"""Largest width of an image of the page in pixels, and its number of colors."""

MAX_FRAMES, FRAME_COLORS = 24, 32
"""Largest number of frames of an animation of the page, and its number of colors."""

SECONDS = 4
"""Duration of an animation of the page."""

TRAININGS = {
    "rts": ("stn_rts", "--name", "rts", "--set", "train.epochs=4"),
    "iterative": ("iterative", "--name", "iterative"),
}
"""Name of a run -> arguments of its training."""


@dataclass(frozen=True)
class Figure:
    """Figure of the page.

    Attributes:
        title: Heading.
        text: What the figure shows.
        command: Arguments of stnctl, as a line for the shell.
        file: The file that the command writes; a path in the folder of runs, or in the current one.
        image: Name of the image of the page.
    """

    title: str
    text: str
    command: str
    file: str
    image: str


FIGURES = (
    Figure(
        "The data",
        "Digits under the set RTS of the paper: rotated, scaled and translated on a canvas of "
        "42x42 pixels. Each image is drawn again in each epoch.",
        "preview stn_rts",
        "preview/stn-rts/train/grid.png",
        "preview.png",
    ),
    Figure(
        "A training",
        "Each training draws its curves: loss, accuracy, and the drift of theta from its start.",
        "compare rts",
        "rts/history.png",
        "history.png",
    ),
    Figure(
        "The same digits through the training",
        "At the start, the transformer samples the whole image. After one epoch, it finds the "
        "digits, enlarges them and turns many of them upright. There are no labels for theta: only "
        "the loss of the classifier trains it.",
        "inspect rts --epochs",
        "rts/inspect/validation-epochs/epochs.png",
        "epochs.png",
    ),
    Figure(
        "The same as an animation",
        "One frame for each epoch: U with the sampled region, and V.",
        "inspect rts --epochs",
        "rts/inspect/validation-epochs/epochs.gif",
        "epochs.gif",
    ),
    Figure(
        "U and V",
        "Random test images, with theta in words. V is the only input of the classifier.",
        "inspect rts --random 6",
        "rts/inspect/test-random-6/UV.png",
        "random.png",
    ),
    Figure(
        "U morphs to V",
        "Theta moves from the identity to its value, and the sampling grid with it.",
        "inspect rts --most-warped --count 2 --animate",
        "rts/inspect/test-most-warped-2/animation.gif",
        "animation.gif",
    ),
    Figure(
        "The largest warps",
        "The examples whose sampling grid is farthest from the identity: rotated digits in a "
        "corner.",
        "inspect rts --most-warped --count 4",
        "rts/inspect/test-most-warped-4/UV.png",
        "most-warped.png",
    ),
    Figure(
        "The worst predictions",
        "Here the loss is highest.",
        "inspect rts --bad 6",
        "rts/inspect/test-bad-6/UV.png",
        "bad.png",
    ),
    Figure(
        "Confused classes",
        "4s that are taken for 9s, and 9s that are taken for 4s.",
        "inspect rts --confused 4,9 --count 4",
        "rts/inspect/test-confused-4-9-bad-4/UV.png",
        "confused.png",
    ),
    Figure(
        "One class",
        "Random images of the class 7: the transformer turns them towards a common pose.",
        "inspect rts --class 7 --random 16",
        "rts/inspect/test-class-7-random-16/V.png",
        "class.png",
    ),
    Figure(
        "Another distortion than in the training",
        "Images that are only scaled: `--distortion` takes any value of `data.distortion`.",
        "inspect rts --distortion '[{step: scale, factor: [0.5, 0.6]}]' --random 4",
        "rts/inspect/test-step_scale_factor_0.5_0.6-random-4/UV.png",
        "distortion.png",
    ),
    Figure(
        "Confusion matrix",
        "Rows are true classes, columns are predicted ones.",
        "eval rts",
        "rts/eval/test.png",
        "confusion.png",
    ),
    Figure(
        "Several transformers",
        "Three steps of one transformer, each of which corrects theta. "
        "[networks.md](networks.md) describes such networks.",
        "inspect iterative --random 5",
        "iterative/inspect/test-random-5/transformers.png",
        "iterative.png",
    ),
    Figure(
        "A warp of any image",
        "The same grid generator and sampler, without a network.",
        "warp checker --rotate 30 --scale 0.8 --figure warp.png",
        "warp.png",
        "warp.png",
    ),
)


def main() -> None:
    """Train the runs that are missing, draw the figures, and write the page."""
    parser = argparse.ArgumentParser(description="Write docs/gallery.md and its images.")
    parser.add_argument("--data", default="digits", help="data of the runs (default digits)")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs/gallery"), help="folder of the runs"
    )
    options = parser.parse_args()
    runs: Path = options.runs.resolve()
    os.environ["STNCTL_RUNS_DIR"] = str(runs)
    for name, arguments in TRAININGS.items():
        if not (runs / name / "model.keras").exists():
            stnctl("train", *arguments, "--set", f"data.source={options.data}")
    IMAGES.mkdir(parents=True, exist_ok=True)
    drawn = {
        command: draw(command, runs, options.data)
        for command in dict.fromkeys(figure.command for figure in FIGURES)
    }
    figures = [figure for figure in FIGURES if drawn[figure.command]]
    for figure in figures:
        shrink(runs / figure.file, IMAGES / figure.image)
    (DOCS / "gallery.md").write_text(
        "\n".join(page(figures, Path(options.data).stem)), encoding="utf-8"
    )


def draw(command: str, runs: Path, data: str) -> bool:
    """Run a command of the page, and return whether it has a result.

    A network may confuse no 4 with a 9. Its figure is then left out of the page.
    """
    words = shlex.split(command)
    match words[0]:
        case "inspect" | "eval":
            words += ["--data", data]
        case "preview":
            words += ["--set", f"data.source={data}"]
        case "warp":
            words[-1:] = [str(runs / words[-1]), "--force"]
    try:
        stnctl(*words)
    except subprocess.CalledProcessError:
        return False
    return True


def shrink(source: Path, target: Path) -> None:
    """Copy an image with few colors: a PNG also narrower, an animation also with fewer frames."""
    with Image.open(source) as opened:
        frames = [frame.convert("RGB") for frame in ImageSequence.Iterator(opened)]
    if source.suffix == ".png":
        [image] = frames
        image.thumbnail((MAX_WIDTH, 10 * MAX_WIDTH), Image.Resampling.LANCZOS)
        image.quantize(COLORS, dither=Image.Dither.NONE).save(target, optimize=True)
        return
    few = frames[:: -(-len(frames) // MAX_FRAMES)]
    palette = few[len(few) // 2].quantize(FRAME_COLORS)
    first, *others = (each.quantize(palette=palette, dither=Image.Dither.NONE) for each in few)
    milliseconds = SECONDS * 1000 // len(few)
    first.save(target, save_all=True, append_images=others, duration=milliseconds, loop=0)


def page(figures: Sequence[Figure], data: str) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from ("# Gallery", "")
    yield textwrap.fill(
        f"Figures of two runs on the data `{data}`, each with the command that draws it. `make "
        "gallery` trains both runs on the embedded digits and draws all figures again, in about "
        "ten minutes on two CPU cores; `make gallery DATA=mnist` takes about an hour.",
        WIDTH,
    )
    yield from ("", "```console")
    yield from (f"$ stnctl train {shlex.join(arguments)}" for arguments in TRAININGS.values())
    yield "```"
    for figure in figures:
        yield from ("", f"## {figure.title}", "", textwrap.fill(figure.text, WIDTH))
        yield from ("", f"![{figure.title}](images/gallery/{figure.image})", "")
        yield from ("```console", f"$ stnctl {figure.command}", "```")
    yield ""


if __name__ == "__main__":
    main()
