"""``stnctl runs``: list, show, compare and remove runs."""

from pathlib import Path

import typer

from stnctl.cli import console
from stnctl.cli.options import Json, RunsDir

EXAMPLES = """\b
Examples:
  stnctl runs ls
"""

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def runs() -> None:
    """List, show, compare and remove runs."""


@app.command("ls")
def list_all(runs_dir: RunsDir = Path("runs"), json: Json = False) -> None:
    """List the runs."""
    from stnctl.cli.run_columns import COLUMNS, describe_run
    from stnctl.runs.summary import summarize_runs

    found = summarize_runs(runs_dir)
    if json:
        console.result_json({"runs": [describe_run(run) for run in found]})
        return
    console.result_table(
        f"{len(found)} runs in {runs_dir}",
        [column.header for column in COLUMNS],
        [[column.text(run) for column in COLUMNS] for run in found],
    )
