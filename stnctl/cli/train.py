"""``stnctl train``: fit the model of a configuration into a run directory."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.options import Changes, Data, Json, RunsDir, Seed, overrides_of
from stnctl.errors import UsageError

if TYPE_CHECKING:
    from stnctl.runs.directory import RunDirectory
    from stnctl.training.setup import TrainJob

EXAMPLES = """\b
Examples:
  stnctl train configs/stn.yaml
  stnctl train configs/stn.yaml --set data.source=digits --set train.epochs=3 --name x
  stnctl train --resume x --set train.epochs=20
"""


FEW = 32
"""Images that are looked at before a training, to see that digits are on them."""


def train(
    config: Annotated[
        Path | None, typer.Argument(metavar="CONFIG", help="A configuration, a YAML file.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the run; made from the time if absent.")
    ] = None,
    set_: Changes = None,
    seed: Seed = None,
    runs_dir: RunsDir = Path("runs"),
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="RUN", help="Go on with a run; no CONFIG.")
    ] = None,
    data: Data = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="With --resume: refuse where versions, threads or flags have changed, so that "
            "the run would not end in the same bits.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show what would be trained, and stop.")
    ] = False,
    json: Json = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only the run directory at the end.")
    ] = False,
) -> None:
    """Train the model of CONFIG, or go on with a run.

    The run directory keeps the configuration, the metrics, the checkpoints and the finished
    model. Ctrl-C stops after the current step, and --resume goes on to the same bits, as if the
    run had never been stopped; after a crash too, from its last checkpoint.
    """
    overrides = overrides_of(set_, seed)
    if resume is not None:
        _refuse_with_resume(CONFIG=config, **{"--name": name, "--dry-run": dry_run or None})
        _resume(resume, overrides, data, runs_dir, strict=strict, json=json, quiet=quiet)
        return
    if strict:
        raise UsageError("--strict is for --resume", hint="a new run has nothing to differ from")
    if config is None:
        raise UsageError("no CONFIG was given", hint="for example: stnctl train configs/stn.yaml")
    if data is not None:
        raise UsageError("--data is for --resume", hint=f"for a new run: --set data.source={data}")
    from stnctl.cli.loading import open_job, warn_of_lost_mass
    from stnctl.config.load import load_config
    from stnctl.data.split_view import make_split_view
    from stnctl.inspection.distortion_preview import measure_lost_mass
    from stnctl.runs.directory import check_name
    from stnctl.storage.disk import check_writable

    resolved = load_config(config, overrides)
    check_name(runs_dir, name)
    if not dry_run:
        check_writable(runs_dir)
    job = open_job(resolved)
    examples = make_split_view(job.config, job.dataset, "train").examples()
    warn_of_lost_mass(measure_lost_mass(examples, most=FEW))
    stem = resolved.name or config.stem
    if dry_run:
        _show_plan(job, runs_dir, name, stem, json=json)
    else:
        _start(job, runs_dir, name, stem, json=json, quiet=quiet)


def _refuse_with_resume(**given: object) -> None:
    for argument, value in given.items():
        if value is not None:
            raise UsageError(
                f"--resume goes on with a run as it is, so it takes no {argument}",
                hint="only --set train.epochs and train.checkpoint_every may change a resumed run",
            )


def _start(
    job: "TrainJob", runs_dir: Path, name: str | None, stem: str, *, json: bool, quiet: bool
) -> None:
    from stnctl.cli.train_ui import train_run
    from stnctl.runs.lock import run_lock
    from stnctl.training.setup import create_run

    run = create_run(
        job, runs_dir=runs_dir, name=name, stem=stem, argv=sys.argv[1:], now=datetime.now(UTC)
    )
    with run_lock(run):
        train_run(job, run, json=json, quiet=quiet)


def _resume(
    text: str,
    overrides: list[str],
    data: str | None,
    runs_dir: Path,
    *,
    strict: bool,
    json: bool,
    quiet: bool,
) -> None:
    from stnctl.cli.train_ui import show_result, train_run
    from stnctl.runs.lock import run_lock
    from stnctl.runs.lookup import find_run
    from stnctl.runs.provenance import record_event
    from stnctl.training.resume import is_finished, resume_job, update_config

    run = find_run(text, runs_dir)
    with run_lock(run):
        with console.progress("downloading", unit="bytes") as progress:
            job = resume_job(run, overrides, source=data, progress=progress)
        if is_finished(job, run):
            console.note(_why_finished(run, job))
            show_result(run, json=json, quiet=quiet)
            return
        _compare_environments(run, job, strict=strict)
        update_config(run, job.config)
        record_event(run, "resume")
        train_run(job, run, json=json, quiet=quiet)


def _why_finished(run: "RunDirectory", job: "TrainJob") -> str:
    from stnctl.training.resume import last_state

    position = last_state(run)
    if position.is_stopped_early(job.config.train):
        return f"{run.name} stopped early, after epoch {position.epoch}; there is nothing to go on"
    return f"{run.name} has all of its {position.epoch} epochs; --set train.epochs=N adds more"


def _compare_environments(run: "RunDirectory", job: "TrainJob", *, strict: bool) -> None:
    """Warn, or refuse, if what is resumed won't end in the bits of the uninterrupted run."""
    from stnctl.training.reproducibility import differences_since_start

    if not (reasons := differences_since_start(run, job.config)):
        return
    problem = f"not bit-exact: {', '.join(reasons)}"
    if strict:
        raise UsageError(problem, hint="restore them, or resume without --strict")
    console.warning(problem)


def _show_plan(job: "TrainJob", runs_dir: Path, name: str | None, stem: str, *, json: bool) -> None:
    from stnctl.cli.dry_run import describe_plan, render_plan
    from stnctl.config.dump import dump_config
    from stnctl.models.backend import start_backend
    from stnctl.runs.directory import planned_name
    from stnctl.training.setup import make_model

    start_backend(threads=job.config.train.threads)
    path = runs_dir / (name or planned_name(stem, datetime.now(UTC)))
    document = describe_plan(job, make_model(job), path)
    if json:
        console.result_json(document)
    else:
        console.result(dump_config(job.config))
        render_plan(document)
