"""``stnctl train``: train the model of a configuration, or resume a run."""

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.completion import complete_config, complete_run
from stnctl.cli.options import CONFIG_HELP, Changes, Data, Json, RunsDir, Seed, overrides_of
from stnctl.config.shipped import SHIPPED_HINT
from stnctl.errors import UsageError
from stnctl.runs.directory import RunDirectory

if TYPE_CHECKING:
    from stnctl.models.job import Job
    from stnctl.training.start_weights import Start

EXAMPLES = """\b
Examples:
  stnctl train stn_rts
  stnctl train stn --set data.source=digits --set train.epochs=3 --name x
  stnctl train --resume x --set train.epochs=20
"""

_FINISHED = "finished"

NUM_CHECKED = 32
"""Number of images whose lost mass is measured before a training."""


def train(
    config: Annotated[
        Path | None,
        typer.Argument(metavar="CONFIG", help=CONFIG_HELP, autocompletion=complete_config),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", help="Name of the run, default the config's name and the time."),
    ] = None,
    set_: Changes = None,
    seed: Seed = None,
    runs_dir: RunsDir = Path("runs"),
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            metavar="RUN",
            help="Resume a run; without CONFIG.",
            autocompletion=complete_run,
        ),
    ] = None,
    data: Data = None,
    start_from: Annotated[
        str | None,
        typer.Option(
            "--start-from",
            metavar="RUN",
            help="Short for --set train.start_from=RUN.",
            autocompletion=complete_run,
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="With --resume: fail if versions, threads or flags differ, so that the run would "
            "not have the same bits.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Show config, layers and data; do not train.")
    ] = False,
    json: Json = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only the run directory at the end.")
    ] = False,
) -> None:
    """Train the model of CONFIG, or resume a run.

    The run directory keeps the configuration, the metrics, the checkpoints and the trained model.
    Ctrl-C stops the training after the current step, and --resume continues it. After a crash,
    --resume continues from the last checkpoint. In both cases, the result is bit-identical to that
    of an uninterrupted training.
    """
    overrides = overrides_of(set_, seed)
    if resume is not None:
        _reject_with_resume(
            CONFIG=config,
            **{"--name": name, "--start-from": start_from, "--dry-run": dry_run or None},
        )
        _resume(resume, overrides, data, runs_dir, strict=strict, json=json, quiet=quiet)
        return
    _reject_without_resume(data, strict=strict)
    if config is None:
        raise UsageError(
            "no CONFIG was given", hint=f"for example: stnctl train stn_rts; {SHIPPED_HINT}"
        )
    from stnctl.cli.loading import open_job, warn_of_lost_mass
    from stnctl.config.dump import check_storable
    from stnctl.config.load import load_config, locating_problems
    from stnctl.inspection.distortion_preview import measure_lost_mass
    from stnctl.runs.creation import check_name
    from stnctl.storage.disk import check_writable
    from stnctl.training.checks import check_training

    if start_from is not None:
        overrides.append(f"train.start_from={dumps(start_from)}")
    resolved = load_config(config, overrides)
    check_storable(resolved)
    if dry_run or resolved.train.distribute is None:  # otherwise, only the first process checks
        check_name(runs_dir, name)
    if not dry_run:
        check_writable(runs_dir)
    with locating_problems(config, overrides):
        job = open_job(resolved)
        check_training(job)
    warn_of_lost_mass(measure_lost_mass(job.examples("train"), NUM_CHECKED))
    _warn_of_slow_precision(job)
    stem = resolved.name or config.stem
    if dry_run:
        _show_plan(job, runs_dir, name, stem, json=json)
    else:
        _start(job, runs_dir, name, stem, json=json, quiet=quiet)


def _reject_with_resume(**given: object) -> None:
    for argument, value in given.items():
        if value is not None:
            raise UsageError(
                f"--resume continues a run with its configuration, and takes no {argument}",
                hint="only --set train.epochs and train.checkpoint_every may change a resumed run",
            )


def _reject_without_resume(data: str | None, *, strict: bool) -> None:
    if strict:
        raise UsageError("--strict is for --resume", hint="a new run has no earlier environment")
    if data is not None:
        raise UsageError("--data is for --resume", hint=f"for a new run: --set data.source={data}")


def _warn_of_slow_precision(job: "Job") -> None:
    from stnctl.models.precision import BFLOAT16, is_fast_in_bfloat16

    if job.config.train.precision == BFLOAT16 and is_fast_in_bfloat16() is False:
        console.warning(
            "this processor has no instructions for bfloat16 (AVX512_BF16 or AMX): without a GPU, "
            "train.precision=float32 is usually faster"
        )


def _start(
    job: "Job", runs_dir: Path, name: str | None, stem: str, *, json: bool, quiet: bool
) -> None:
    from stnctl.cli.train_processes import join
    from stnctl.cli.train_ui import follow_run, train_run
    from stnctl.training.setup import create_run

    processes = join(job.config)
    with ExitStack() as held:

        def create() -> str:
            _check_start(job, runs_dir)
            run = held.enter_context(
                create_run(
                    job,
                    runs_dir=runs_dir,
                    name=name,
                    stem=stem,
                    argv=sys.argv[1:],
                    now=datetime.now(UTC),
                )
            )
            return str(run.path)

        run = RunDirectory(Path(processes.from_first(create)))
        if processes.place.index == 0:
            train_run(job, run, json=json, quiet=quiet)
        else:
            follow_run(job, processes)


def _check_start(job: "Job", runs_dir: Path) -> None:
    """Check that the first weights fit the network, before the run is created."""
    from stnctl.models.backend import start_backend
    from stnctl.training.setup import make_first_model
    from stnctl.training.start_weights import find_start

    if (start := find_start(job.config, runs_dir)) is not None:
        start_backend(threads=job.config.train.threads)
        make_first_model(job, start)


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
    from stnctl.cli.train_processes import join
    from stnctl.cli.train_ui import follow_run, note_finished, show_result, train_run
    from stnctl.config.load import load_resolved
    from stnctl.runs.lock import run_lock
    from stnctl.runs.lookup import find_run
    from stnctl.training.resume import (
        is_finished,
        load_followed_job,
        load_resumed_job,
        start_resume,
    )

    run = find_run(text, runs_dir)
    processes = join(load_resolved(run.config, overrides))
    with ExitStack() as held:
        jobs: list[Job] = []

        def prepare() -> str:
            held.enter_context(run_lock(run))
            with console.progress("loading data", unit="") as progress:
                job = load_resumed_job(run, overrides, source=data, progress=progress)
            jobs.append(job)
            if is_finished(run, job):
                return _FINISHED
            if warning := start_resume(run, job, strict=strict):
                console.warning(warning)
            return ""

        state = processes.from_first(prepare)
        if processes.place.index > 0:
            if state != _FINISHED:
                follow_run(load_followed_job(run, source=data), processes)
        elif state == _FINISHED:
            note_finished(run, jobs[0])
            show_result(run, json=json, quiet=quiet)
        else:
            train_run(jobs[0], run, json=json, quiet=quiet)


def _show_plan(job: "Job", runs_dir: Path, name: str | None, stem: str, *, json: bool) -> None:
    from stnctl.cli.dry_run import describe_plan, print_plan
    from stnctl.config.dump import dump_config
    from stnctl.runs.naming import planned_name
    from stnctl.training.start_weights import find_start

    if start := find_start(job.config, runs_dir):
        _note_start(job, start)
    path = runs_dir / (name or planned_name(stem, datetime.now(UTC)))
    document = describe_plan(job, path)
    if json:
        console.result_json(document)
    else:
        console.result(dump_config(job.config))
        print_plan(job, document)


def _note_start(job: "Job", start: "Start") -> None:
    """Print which layers get their first weights from another run; this needs Keras."""
    from stnctl.models.backend import start_backend
    from stnctl.training.setup import make_first_model

    start_backend(threads=job.config.train.threads)
    _, note = make_first_model(job, start)
    if note is not None:
        console.note(note)
