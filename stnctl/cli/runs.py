"""``stnctl runs``: list, show, compare and remove runs."""

from pathlib import Path
from typing import Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.completion import complete_run
from stnctl.cli.options import Csv, Json, Run, RunsDir, choice_option
from stnctl.errors import InputError, UsageError
from stnctl.runs.run_keys import BEST_KEYS, KEYS

EXAMPLES = """\b
Examples:
  stnctl runs ls
  stnctl runs ls state=finished 'test_error<2%' --sort test_error
  stnctl runs show latest
  stnctl runs diff cnn stn
  stnctl eval $(stnctl runs best --by validation_accuracy)
  stnctl runs prune --keep-best 10 --dry-run
"""
LS_EXAMPLES = """\b
Examples:
  stnctl runs ls
  stnctl runs ls state=finished --sort validation_accuracy --reverse --limit 10
  stnctl runs ls 'name=stn*' 'age<7d' train.learning_rate=0.001
  stnctl runs ls data.distortion=RTS --csv > runs.csv
"""
SHOW_EXAMPLES = """\b
Examples:
  stnctl runs show latest
  stnctl runs show stn --json
"""
DIFF_EXAMPLES = """\b
Examples:
  stnctl runs diff cnn stn
"""
BEST_EXAMPLES = """\b
Examples:
  stnctl runs best
  stnctl eval $(stnctl runs best --by test_error data.distortion=RTS)
"""
RM_EXAMPLES = """\b
Examples:
  stnctl runs rm stn-20261130-101500
  stnctl runs rm a b --dry-run
"""
PRUNE_EXAMPLES = """\b
Examples:
  stnctl runs prune --keep-best 10 --dry-run
  stnctl runs prune --keep-best 3 --by test_error data.distortion=RTS 'age>30d' --yes
"""

MOST_RUNS = 1_000_000
"""Largest number of runs in an option."""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Conditions = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CONDITION",
        help="Only runs with KEY=VALUE, such as state=finished, 'test_error<2%', 'name=stn*', "
        "'age>30d' or a key of the configuration: train.epochs=5. Also !=, <, <=, > and >=.",
    ),
]
By = Annotated[
    str,
    choice_option(
        "--by", BEST_KEYS, f"Key of the best run: {', '.join(BEST_KEYS)}.", metavar="KEY"
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Remove without a question.")]
DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show the runs; do not remove them.")]


@app.callback()
def runs() -> None:
    """List, show, compare and remove runs. Keras is not loaded."""


@app.command("ls", epilog=LS_EXAMPLES)
def list_runs(
    conditions: Conditions = None,
    sort: Annotated[
        str,
        choice_option("--sort", tuple(KEYS), f"Key to sort by: {', '.join(KEYS)}.", metavar="KEY"),
    ] = "age",
    reverse: Annotated[
        bool, typer.Option("--reverse", "-r", help="Show the largest value first.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, max=MOST_RUNS, metavar="N", help="Show the first N runs."),
    ] = None,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
    csv: Csv = False,
) -> None:
    """List the runs, the newest first.

    Accuracy and loss are those of the best checkpoint. The test error is shown if `stnctl eval` has
    measured it for this checkpoint. A run with a file that can't be read is broken.
    """
    if json and csv:
        raise UsageError("--json and --csv exclude each other")
    from stnctl.cli.run_columns import describe_run
    from stnctl.cli.runs_list import print_csv, print_runs
    from stnctl.runs.ranking import sort_runs

    every, found = _select(runs_dir, conditions)
    found = sort_runs(found, sort, descending=reverse)[:limit]
    if json:
        console.result_json({"runs": [describe_run(run) for run in found]})
    elif csv:
        print_csv(found)
    elif found:
        print_runs(f"{len(found)} of {len(every)} runs in {runs_dir}", found)
    else:
        console.note(f"{_count(len(every))} in {runs_dir}, none to show")


@app.command("show", epilog=SHOW_EXAMPLES)
def show(run: Run, runs_dir: RunsDir = Path("runs"), json: Json = False) -> None:
    """Show a run: its results, its origin and its last epochs."""
    from stnctl.cli.runs_show import describe_whole, print_run
    from stnctl.runs.lookup import find_run

    found = find_run(run, runs_dir)
    if json:
        console.result_json(describe_whole(found))
    else:
        print_run(found)


@app.command("diff", epilog=DIFF_EXAMPLES)
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A run.", autocompletion=complete_run)],
    b: Annotated[str, typer.Argument(metavar="B", help="A run.", autocompletion=complete_run)],
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Show the differences between two runs.

    These are the keys of the configuration with other values, the versions and flags that can
    change the bits of the results, and the results side by side.
    """
    from stnctl.cli.runs_diff import compare_pair, describe_difference, print_difference
    from stnctl.runs.lookup import find_run

    difference = compare_pair(find_run(a, runs_dir), find_run(b, runs_dir))
    if json:
        console.result_json(describe_difference(difference))
    else:
        print_difference(difference)


@app.command("best", epilog=BEST_EXAMPLES)
def best(
    conditions: Conditions = None,
    by: By = "validation_accuracy",
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Print the path of the best run, for other commands.

    The best run has the highest accuracy, or the lowest value of another key.
    """
    from stnctl.cli.run_columns import describe_run
    from stnctl.runs.ranking import best_runs

    every, found = _select(runs_dir, conditions)
    ranked = best_runs(found, by)
    if not ranked:
        hint = "measure it: stnctl eval RUN" if by.startswith("test") else None
        raise InputError(f"no run of {len(every)} in {runs_dir} has a {by} to show", hint=hint)
    if json:
        console.result_json(describe_run(ranked[0]))
    else:
        console.result(str(ranked[0].path))


@app.command("rm", epilog=RM_EXAMPLES)
def remove(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="A run: its path, its whole name, or `latest`.",
            autocompletion=complete_run,
        ),
    ],
    yes: Yes = False,
    dry_run: DryRun = False,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Remove runs, after a question on the terminal.

    A folder that is not a run, a run that is training, and a link are never removed.
    """
    from stnctl.cli.runs_removal import find_removable, remove_after_question

    found = find_removable(names, runs_dir)
    remove_after_question(found, yes=yes, dry_run=dry_run, json=json)


@app.command("prune", epilog=PRUNE_EXAMPLES)
def prune(
    keep: Annotated[
        int,
        typer.Option(
            "--keep-best", min=0, max=MOST_RUNS, metavar="N", help="Number of runs to keep."
        ),
    ],
    conditions: Conditions = None,
    by: By = "validation_accuracy",
    yes: Yes = False,
    dry_run: DryRun = False,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Remove all runs but the best ones, after a question on the terminal.

    Only the runs that meet all conditions are counted and removed. Runs that are training and
    broken runs stay.
    """
    from stnctl.cli.runs_removal import remove_after_question
    from stnctl.runs.ranking import worse_runs

    _, found = _select(runs_dir, conditions)
    for run in found:
        if run.state in ("running", "broken"):
            console.note(f"note  {run.path} is {run.state}, and stays")
    remove_after_question(worse_runs(found, by, keep), yes=yes, dry_run=dry_run, json=json)


def _select(runs_dir: Path, conditions: list[str] | None) -> tuple[list[Any], list[Any]]:
    """Return all runs in a folder, and those that meet the conditions."""
    from stnctl.runs.run_filters import select_runs
    from stnctl.runs.summary import summarize_runs

    every = summarize_runs(runs_dir)
    return every, select_runs(every, conditions or ())


def _count(number: int) -> str:
    return f"{number} run{'' if number == 1 else 's'}"
