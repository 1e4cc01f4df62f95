"""Options that more than one command has, spelled once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from stnctl.errors import UsageError, did_you_mean

SPLITS = ("train", "validation", "test")
"""As in `stnctl.data.dataset`, which is slow to import."""


def one_of(option: str, choices: Sequence[str]) -> Callable[[str | None], str | None]:
    """Return a callback that refuses values outside ``choices``, naming the nearest.

    None, for an option that was not given, passes.
    """

    def check(value: str | None) -> str | None:
        if value is not None and value not in choices:
            raise UsageError(
                f"{option}: expected one of {', '.join(choices)}, got {value!r}"
                f"{did_you_mean(value, choices)}"
            )
        return value

    return check


def choice_option(
    option: str, choices: Sequence[str], help_text: str, *, metavar: str | None = None
) -> Any:
    """Return a Typer option that takes one of ``choices``; ``metavar`` is shown in their place."""
    return typer.Option(
        option,
        help=help_text,
        metavar=metavar or "|".join(choices),
        callback=one_of(option, choices),
        autocompletion=lambda: list(choices),
    )


def overrides_of(changes: Sequence[str] | None, seed: int | None) -> list[str]:
    """Return the overrides of a configuration that ``--set`` and ``--seed`` stand for."""
    return [*(changes or ()), *(() if seed is None else (f"seed={seed}",))]


ConfigFile = Annotated[Path, typer.Argument(metavar="CONFIG", help="A configuration, a YAML file.")]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="A.B=C", help="Change a key. May be repeated."),
]
Seed = Annotated[int | None, typer.Option("--seed", help="Short for --set seed=N.")]
RunsDir = Annotated[
    Path,
    typer.Option(
        "--runs-dir", envvar="STNCTL_RUNS_DIR", help="Where runs are kept.", file_okay=False
    ),
]
Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run: its path, its name, an unambiguous start of its name, or `latest`.",
    ),
]
Split = Annotated[
    str,
    choice_option("--split", SPLITS, "Part of the data to look at."),
]
Checkpoint = Annotated[
    str,
    choice_option(
        "--checkpoint", ("best", "last"), "Weights of the best validated or of the last epoch."
    ),
]
Data = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="SOURCE",
        help="Where the run's data lies now, if it was moved. It must be the same data.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
