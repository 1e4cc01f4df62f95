"""Options and arguments that several commands share."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from stnctl.cli.completion import complete_config, complete_run, complete_started_sweep
from stnctl.config.choices import CHECKPOINTS, SPLITS
from stnctl.errors import UsageError, did_you_mean


def check_choice(option: str, choices: Sequence[str]) -> Callable[[str | None], str | None]:
    """Return a Typer callback that rejects values that are not in ``choices``.

    The callback accepts None, the value of an option that is not given.

    Args:
        option: Name of the option with its dashes, for the message.
        choices: The allowed values.
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
    """Return a Typer option that takes one of ``choices``.

    Args:
        option: Name of the option with its dashes.
        choices: The allowed values.
        help_text: Help text.
        metavar: Placeholder of the value in the help, default the choices joined by |.
    """
    return typer.Option(
        option,
        help=help_text,
        metavar=metavar or "|".join(choices),
        callback=check_choice(option, choices),
        autocompletion=lambda: list(choices),
    )


def overrides_of(changes: Sequence[str] | None, seed: int | None) -> list[str]:
    """Return the values of ``--set`` and ``--seed`` as config overrides ``key=value``.

    Args:
        changes: The values of ``--set``; None if the option is not given.
        seed: The value of ``--seed``; None if the option is not given.
    """
    return [*(changes or ()), *(() if seed is None else (f"seed={seed}",))]


CONFIG_HELP = "A configuration: a YAML file, or a name of `stnctl configs`."

ConfigFile = Annotated[
    Path,
    typer.Argument(metavar="CONFIG", help=CONFIG_HELP, autocompletion=complete_config),
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="A.B=C", help="Override a config key. May be repeated."),
]
Seed = Annotated[int | None, typer.Option("--seed", help="Short for --set seed=N.")]
RunsDir = Annotated[
    Path,
    typer.Option(
        "--runs-dir", envvar="STNCTL_RUNS_DIR", help="Folder of the runs.", file_okay=False
    ),
]
Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run: its path, its name, an unambiguous prefix of its name, or `latest`.",
        autocompletion=complete_run,
    ),
]
SweepName = Annotated[
    str,
    typer.Argument(
        metavar="SWEEP", help="The name of a sweep.", autocompletion=complete_started_sweep
    ),
]
SweepOption = Annotated[
    str | None,
    typer.Option(
        "--sweep",
        metavar="SWEEP",
        help="The name of a sweep.",
        autocompletion=complete_started_sweep,
    ),
]
Split = Annotated[
    str,
    choice_option("--split", SPLITS, "Split of the data set."),
]
Checkpoint = Annotated[
    str,
    choice_option(
        "--checkpoint", CHECKPOINTS, "Checkpoint to use: best validation accuracy, or last."
    ),
]
Data = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="SOURCE",
        help="New location of the run's data, if it was moved. It must be the same data.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print a table as CSV on stdout.")]
Latex = Annotated[
    bool, typer.Option("--latex", help="Print the tables as LaTeX, for the package booktabs.")
]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print the tables as Markdown.")]
