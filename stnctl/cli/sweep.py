"""``stnctl sweep``: train the cells of a sweep, and show the state of a sweep."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from stnctl.cli import console
from stnctl.cli.completion import complete_sweep
from stnctl.cli.options import Changes, Json, RunsDir, SweepName, choice_option
from stnctl.config.choices import ENGINES
from stnctl.errors import ConfigError, EnvironmentFault

if TYPE_CHECKING:
    from stnctl.sweeps.cell_task import CellEnd
    from stnctl.sweeps.engines.slurm_jobs import JobState
    from stnctl.sweeps.folder import SweepFolder
    from stnctl.sweeps.session import SweepSession

EXAMPLES = """\b
Examples:
  stnctl sweep localizers.yaml --dry-run
  stnctl sweep localizers.yaml --jobs 2 --limit 3h
  stnctl sweep cnn_r stn_r --seeds 5 --grid train.learning_rate=1e-3,3e-4
  stnctl sweep status localizers
"""
STATUS_EXAMPLES = """\b
Example:
  stnctl sweep status localizers
"""

START = "start"
"""Command of the group that is used if none is named."""


class SweepGroup(TyperGroup):
    """Group of commands whose first argument may also be a sweep, which is then started."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Add the name of the command `START` if the first argument is no command."""
        named = bool(args) and args[0] in self.commands
        return super().parse_args(ctx, args if named else [START, *args])


app = typer.Typer(cls=SweepGroup, rich_markup_mode=None)


@app.callback()
def sweep() -> None:
    """Train many runs that differ in some keys and in the seed: `stnctl sweep SWEEP`."""


@app.command(START, epilog=EXAMPLES, hidden=True)
def start(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="SWEEP|CONFIG...",
            help="A sweep file, or the name of a shipped sweep; or else configurations.",
            autocompletion=complete_sweep,
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the sweep, default that of the file.")
    ] = None,
    seeds: Annotated[
        str | None,
        typer.Option("--seeds", metavar="N|A,B", help="Number of seeds, or the seeds."),
    ] = None,
    grid: Annotated[
        list[str] | None,
        typer.Option("--grid", metavar="A.B=C,D", help="Values of a key. May be repeated."),
    ] = None,
    set_: Changes = None,
    engine: Annotated[
        str | None, choice_option("--engine", ENGINES, "Engine that trains the cells.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Number of processes of the local engine."),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option("--address", metavar="HOST:PORT", help="Cluster of Ray, or `auto`."),
    ] = None,
    partition: Annotated[
        str | None, typer.Option("--partition", help="Partition of Slurm.")
    ] = None,
    limit: Annotated[
        str | None,
        typer.Option("--limit", metavar="TIME", help="Time after which the sweep stops: 90m, 3h."),
    ] = None,
    results: Annotated[
        list[Path] | None,
        typer.Option(
            "--results",
            metavar="FILE.json",
            help="Results of cells trained elsewhere, of `stnctl table --json`. May be repeated.",
        ),
    ] = None,
    runs_dir: RunsDir = Path("runs"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="List the cells; do not train.")
    ] = False,
    json: Json = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only the folder of the sweep at the end.")
    ] = False,
) -> None:
    """Train the cells of a sweep that are not trained yet.

    Each cell is an ordinary run. A run with the configuration of a cell is never trained again, and
    an interrupted one is resumed; the name of the run does not matter. Cells that fail are named
    with their error, and the others continue. Ctrl-C saves a checkpoint of each run, and the same
    command continues them.

    With --results, the cells of another machine count as trained, and are in the tables of the
    sweep. They have no runs here.
    """
    from stnctl.cli.sweep_arguments import sweep_options
    from stnctl.cli.sweep_plan import show_plan
    from stnctl.config.sweep_load import load_sweep
    from stnctl.sweeps.session import open_session

    options = sweep_options(name=name, seeds=seeds, grid=grid, changes=set_, limit=limit)
    engine_keys = {"jobs": jobs, "address": address, "partition": partition}
    sweep = load_sweep(paths, options, engine=engine, engine_keys=engine_keys)
    session = open_session(sweep, runs_dir, results or ())
    if dry_run:
        show_plan(session, json=json)
        return
    ends, is_stopped = _train(session, quiet=quiet)
    _show_result(session, json=json, quiet=quiet)
    failed = [end for end in ends.values() if end.outcome == "failed"]
    if is_stopped is not None:
        raise typer.Exit(128 + is_stopped)
    if failed or any(cell.problem for cell in session.cells):
        raise typer.Exit(failed[0].exit_code if failed else ConfigError.exit_code)


def _train(session: "SweepSession", *, quiet: bool) -> "tuple[dict[str, CellEnd], int | None]":
    """Train the missing cells; return their ends, and the number of a signal or None."""
    from stnctl.cli.signals import stop_on_signals
    from stnctl.cli.sweep_display import LiveSweep, QuietSweep, SweepLines
    from stnctl.cli.sweep_jobs import note_submitted
    from stnctl.cli.sweep_plan import note_plan
    from stnctl.storage.disk import check_writable
    from stnctl.sweeps.durations import seconds_of
    from stnctl.sweeps.engines.choice import make_engine
    from stnctl.sweeps.progress import SweepProgress
    from stnctl.sweeps.session import train_session

    check_writable(session.runs_dir)
    config = session.sweep.config
    if not quiet:
        note_plan(session)
    progress = SweepProgress(session.num_cells, session.num_missing)
    display = QuietSweep(progress)
    if not quiet:
        display = LiveSweep(progress) if console.is_interactive() else SweepLines(progress)
    engine = make_engine(config.engine, threads=session.threads)
    end = time.monotonic() + seconds_of(config.limit) if config.limit else None
    with stop_on_signals() as stop:

        def should_stop() -> bool:
            return stop.is_received() or (end is not None and time.monotonic() > end)

        with display.shown():
            ends = train_session(session, engine, display.on_event, should_stop)
    if not quiet:
        note_submitted(progress.submitted)
    if end is not None and time.monotonic() > end and not stop.is_received():
        console.note(f"stopped at the limit of {config.limit}; the same command continues")
    return ends, stop.signal


def _show_result(session: "SweepSession", *, json: bool, quiet: bool) -> None:
    """Print the table of a sweep and the path of its folder."""
    from stnctl.cli.sweep_results import open_results
    from stnctl.cli.table_styles import show_tables
    from stnctl.sweeps.table_text import sweep_remarks, sweep_text_table

    if not quiet or json:
        document = open_results(session.sweep.name, session.runs_dir).document
        if json:
            console.result_json({"folder": str(session.folder.path), **document})
            return
        show_tables("text", [sweep_text_table(document)], sweep_remarks(document))
        console.next_steps(
            [
                console.command("stnctl", "sweep", "status", session.sweep.name),
                console.command("stnctl", "table", session.sweep.name),
                console.command("stnctl", "compare", "--sweep", session.sweep.name),
            ]
        )
    console.result(str(session.folder.path))


@app.command("status", epilog=STATUS_EXAMPLES)
def status(
    sweep: SweepName,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Show the cells of a sweep with their states, epochs and accuracies, as they are now.

    The jobs of Slurm are also shown: those that wait, run, or failed.
    """
    from stnctl.cli.sweep_jobs import job_document, show_jobs
    from stnctl.cli.sweep_results import open_results
    from stnctl.cli.table_styles import show_tables
    from stnctl.sweeps.sweep_table import FINISHED
    from stnctl.sweeps.table_text import cell_text_table, sweep_remarks

    results = open_results(sweep, runs_dir)
    document, jobs = results.document, _job_states(results.folder)
    if json:
        console.result_json({**document, "jobs": job_document(jobs)})
        return
    show_tables("text", [cell_text_table(document)], sweep_remarks(document))
    show_jobs(jobs, [cell.cell for cell in results.cells if cell.state == FINISHED])


def _job_states(folder: "SweepFolder") -> "dict[str, JobState]":
    """Return the states of the jobs of a sweep; {} with a warning if Slurm does not answer."""
    from stnctl.sweeps.engines.slurm_jobs import job_states

    try:
        return job_states(folder)
    except EnvironmentFault as error:
        console.warning(str(error))
        return {}
