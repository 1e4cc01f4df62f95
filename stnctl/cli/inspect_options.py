"""Options of ``stnctl inspect``."""

from typing import Annotated, Any

import typer

from stnctl.cli.options import choice_option
from stnctl.config.choices import MAX_INSPECTED, SORTED_BY


def _number(option: str, help_text: str) -> Any:
    return typer.Option(option, metavar="N", min=1, max=MAX_INSPECTED, help=help_text)


Bad = Annotated[int | None, _number("--bad", "The N worst predictions.")]
Good = Annotated[int | None, _number("--good", "The N best predictions.")]
Random = Annotated[int | None, _number("--random", "N random examples.")]
RandomSeed = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", min=0, max=2**32 - 1, help="Seed of --random, default 0."),
]
MostWarped = Annotated[
    bool, typer.Option("--most-warped", help="The examples with the largest warp.")
]
Index = Annotated[
    str | None,
    typer.Option(
        "--index", metavar="I,J-K,...", help="The examples with these indices, such as 0-8,11."
    ),
]
Label = Annotated[
    str | None,
    typer.Option(
        "--class", metavar="K", help="Only examples of class K, which is a name or a number."
    ),
]
Confused = Annotated[
    str | None,
    typer.Option(
        "--confused",
        metavar="K,L",
        help="Only examples of class K that are taken for class L, and the reverse.",
    ),
]
Count = Annotated[
    int | None, _number("--count", "Number of examples of --most-warped, --class or --confused.")
]
Sort = Annotated[str | None, choice_option("--sort", SORTED_BY, "Order of the chosen examples.")]
Distortion = Annotated[
    str | None,
    typer.Option(
        "--distortion",
        metavar="SET",
        help="Distortion of the images, default that of the run; as for `stnctl eval`.",
    ),
]
Animate = Annotated[bool, typer.Option("--animate", help="Also write an animation: U morphs to V.")]
Show = Annotated[bool, typer.Option("--show", help="Also draw U and V in the terminal.")]
AlignmentFigure = Annotated[
    bool,
    typer.Option(
        "--alignment", help="Show how much of the drawn distortion each transformer undoes."
    ),
]
Epochs = Annotated[
    bool, typer.Option("--epochs", help="Show the same validation images through the training.")
]
