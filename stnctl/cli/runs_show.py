"""Output of ``stnctl runs show``."""

from collections.abc import Mapping, Sequence
from typing import Any

from stnctl.cli import console
from stnctl.cli.run_columns import (
    NOTHING,
    age_text,
    count_text,
    describe_run,
    number_text,
    percent_text,
)
from stnctl.config.messages import shorten
from stnctl.errors import StnctlError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_metrics
from stnctl.runs.provenance import read_record
from stnctl.runs.removal import size_on_disk
from stnctl.runs.summary import RunSummary, summarize
from stnctl.runs.summary_files import number, share

LAST_EPOCHS = 10
"""Number of epochs in the table."""

_MAX_TEXT = 300


def describe_whole(run: RunDirectory) -> dict[str, Any]:
    """Return a run as a JSON document: its summary, its origin, its configuration and metrics."""
    summary = summarize(run)
    record, rows = _tolerant(run)
    return {
        **describe_run(summary),
        "argv": record.get("argv", []),
        "data_record": record.get("data", {}),
        "environment": record.get("environment", {}),
        "events": record.get("events", []),
        "bytes": size_on_disk(run.path),
        "config": dict(summary.config),
        "metrics": rows,
    }


def print_run(run: RunDirectory) -> None:
    """Print the summary of a run, its origin, and its last epochs."""
    summary = summarize(run)
    record, rows = _tolerant(run)
    console.result(f"{summary.name}: {summary.state}")
    facts = {**_facts(summary), **_origin(record), "size": f"{size_on_disk(run.path):,} bytes"}
    for label, text in facts.items():
        console.result(f"  {label:<11} {shorten(text, _MAX_TEXT)}")
    if rows:
        _print_epochs(rows)
    if summary.state == "interrupted":
        console.next_steps([console.command("stnctl", "train", "--resume", run.path)])
    elif summary.best_epoch is not None and summary.test_error is None:
        console.next_steps([console.command("stnctl", "eval", run.path)])


def _tolerant(run: RunDirectory) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the run.json and the metrics of a run; empty ones, if they can't be read."""
    record: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    try:
        record = read_record(run)
        rows = read_metrics(run)
    except StnctlError:  # the summary has the problem
        pass
    return record, rows


def _facts(run: RunSummary) -> dict[str, str]:
    best = "" if run.best_epoch is None else f", the best one is {run.best_epoch}"
    measured = run.test_error is not None
    test = _result("error", run.test_error, run.test_loss) if measured else "not measured"
    problem = {} if run.problem is None else {"problem": run.problem}
    return {
        **problem,
        "path": str(run.path),
        "started": f"{_time(run.started)}, {age_text(run.started)} ago",
        "trained": f"{_time(run.touched)}, {age_text(run.touched)} ago",
        "data": run.data or NOTHING,
        "network": f"{run.network or NOTHING}, {count_text(run.parameters)} parameters",
        "epochs": f"{run.epochs} of {count_text(run.planned_epochs)}{best}, "
        f"{number_text(run.epoch_seconds)} s each",
        "validation": _result("accuracy", run.validation_accuracy, run.validation_loss),
        "test": test,
        "seed": count_text(run.seed).replace(",", ""),
    }


def _result(name: str, value: float | None, loss: float | None) -> str:
    return f"{name} {percent_text(value)}, loss {number_text(loss)}"


def _origin(record: Mapping[str, Any]) -> dict[str, str]:
    if not record:
        return {}
    environment = record["environment"]
    packages = environment.get("packages")
    versions = {"stnctl": environment.get("stnctl"), "python": environment.get("python")}
    versions |= packages if isinstance(packages, dict) else {}
    argv = record.get("argv")
    words = argv if isinstance(argv, list) else []
    events = record["events"][-LAST_EPOCHS:]
    return {
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "command": console.command("stnctl", *words),
        "events": ", ".join(f"{event['event']} {event['at']}" for event in events),
    }


def _print_epochs(rows: Sequence[Mapping[str, Any]]) -> None:
    last = rows[-LAST_EPOCHS:]
    title = "epochs" if len(last) == len(rows) else f"the last {len(last)} of {len(rows)} epochs"
    console.result_table(
        title,
        ["epoch", "loss", "accuracy", "validation loss", "validation accuracy"],
        [
            [
                shorten(str(row.get("epoch", NOTHING)), 20),
                number_text(number(row.get("loss"))),
                percent_text(share(row.get("accuracy"))),
                number_text(number(row.get("validation_loss"))),
                percent_text(share(row.get("validation_accuracy"))),
            ]
            for row in last
        ],
    )


def _time(time: Any) -> str:
    return NOTHING if time is None else f"{time:%Y-%m-%d %H:%M:%S %Z}".strip()
