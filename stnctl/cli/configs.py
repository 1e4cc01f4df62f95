"""``stnctl configs`` and ``stnctl schema``: the shipped configurations, and their schema."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.completion import complete_shipped
from stnctl.cli.options import Json
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from stnctl.config.shipped_header import ShippedHeader

EXAMPLES = """\b
Examples:
  stnctl configs
  stnctl configs show stn_rts
"""
SHOW_EXAMPLES = """\b
Example:
  stnctl configs show stn_rts
"""
SCHEMA_EXAMPLES = """\b
Examples:
  stnctl schema > stnctl.schema.json
  stnctl schema --sweep > sweep.schema.json
"""

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def configs(context: typer.Context, json: Json = False) -> None:
    """List the shipped configurations and sweeps.

    Each configuration has the minutes of a training on two CPU cores, and the accuracy on the test
    set. The commands take a name in place of a file; a file with this path is used before the name.
    """
    if context.invoked_subcommand is not None:
        if json:
            raise UsageError("--json lists all configurations, and takes no command")
        return
    from stnctl.config.shipped_header import shipped_headers, sweep_summaries

    headers, sweeps = shipped_headers(), sweep_summaries()
    if json:
        documents = [{"name": name, **asdict(header)} for name, header in headers.items()]
        summaries = [{"name": name, "summary": text} for name, text in sweeps.items()]
        console.result_json({"configs": documents, "sweeps": summaries})
        return
    console.result_table(
        "shipped configurations: minutes on two CPU cores, and accuracy on the test set",
        ["name", "minutes", "accuracy %", "experiment"],
        [_row(name, header) for name, header in headers.items()],
        texts=["experiment"],
    )
    if sweeps:
        console.result_table(
            "shipped sweeps",
            ["name", "experiment"],
            [list(row) for row in sweeps.items()],
            texts=["experiment"],
        )
    console.next_steps(
        ["stnctl train stn_rts", "stnctl init stn_rts", "stnctl sweep rotated_digits"]
    )


@app.command("show", epilog=SHOW_EXAMPLES)
def show(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A name of `stnctl configs`.", autocompletion=complete_shipped
        ),
    ],
) -> None:
    """Print the file of a shipped configuration or sweep.

    `stnctl init NAME` copies it, with the files that it extends. `stnctl train NAME --dry-run`
    shows it with all defaults.
    """
    from stnctl.config.shipped import read_shipped, read_shipped_sweep, shipped_sweeps

    is_sweep = name in shipped_sweeps()
    console.result_bytes(read_shipped_sweep(name) if is_sweep else read_shipped(name))


def schema(
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Print that of sweep files instead.")
    ] = False,
) -> None:
    """Print the JSON Schema of configurations, or of sweep files."""
    from stnctl.config.json_schema import config_json_schema, sweep_json_schema

    console.result_json(sweep_json_schema() if sweep else config_json_schema())


def _row(name: str, header: "ShippedHeader") -> list[str]:
    minutes, accuracy = header.minutes, header.test_accuracy
    return [
        name,
        "-" if minutes is None else str(minutes),
        "-" if accuracy is None else f"{100 * accuracy:.1f}",
        header.summary,
    ]
