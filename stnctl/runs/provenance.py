"""`run.json`: who ran what, where, on which data, and what happened to the run since."""

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, Literal

from stnctl import __version__
from stnctl.errors import InputError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.files import read_json, write_json

Event = Literal["start", "resume", "end", "interrupted", "diverged"]

SCHEMA_VERSION = 1

_GIT_SECONDS = 2.0


@dataclass(frozen=True)
class DataRecord:
    """The data that a run is trained on.

    Attributes:
        source: A name such as "mnist", or a path.
        sha256: Of the data.
        warning: Why other data was used than asked for, or None.
    """

    source: str
    sha256: str
    warning: str | None = None


def describe_environment(packages: Sequence[str]) -> dict[str, Any]:
    """Return the versions and the machine. It never fails: what can't be told is None.

    Args:
        packages: Distributions to tell the versions of. None of them is imported.

    Returns:
        ``stnctl``, ``python``, ``platform``, ``cpu_count``, ``packages`` (name to version), and
        ``git``: ``revision`` and ``dirty`` of the current folder, or None outside a work tree.
    """
    return {
        "stnctl": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu_count": os.cpu_count(),
        "packages": {name: _version(name) for name in packages},
        "git": _describe_git(),
    }


def start_record(
    run: RunDirectory,
    *,
    argv: Sequence[str],
    seed: int,
    data: DataRecord,
    environment: Mapping[str, Any],
) -> dict[str, Any]:
    """Write the run.json of a new run, with the event "start", and return it.

    Args:
        run: The run.
        argv: The command line.
        seed: The seed of the run.
        data: What it is trained on.
        environment: What `describe_environment` said, and what else results depend on.

    Raises:
        EnvironmentFault: If it can't be written.
    """
    now = _now()
    record = {
        "schema_version": SCHEMA_VERSION,
        "name": run.name,
        "started": now,
        "argv": list(argv),
        "seed": seed,
        "data": asdict(data),
        "environment": dict(environment),
        "events": [{"event": "start", "at": now}],
    }
    write_json(run.run, record)
    return record


def record_event(run: RunDirectory, event: Event, *, step: int | None = None) -> None:
    """Add an event, with the time, to run.json.

    Args:
        run: The run.
        event: What happened.
        step: Steps of training so far, or None.

    Raises:
        InputError: If run.json is missing or not valid.
        EnvironmentFault: If it can't be written. It is then unchanged.
    """
    record = read_record(run)
    entry: dict[str, Any] = {"event": event, "at": _now()}
    if step is not None:
        entry["step"] = step
    write_json(run.run, {**record, "events": [*record["events"], entry]})


def read_record(run: RunDirectory) -> dict[str, Any]:
    """Return run.json. Keys that this version does not know are kept.

    Raises:
        InputError: If it is missing, is not JSON, or lacks a valid ``schema_version``,
            ``started``, ``events``, ``environment`` or ``data``.
        EnvironmentFault: If the file may not be read.
    """
    record = read_json(run.run)
    version = record.get("schema_version")
    if version != SCHEMA_VERSION:
        raise InputError(
            f"{run.run} must have schema_version {SCHEMA_VERSION}, got {version!r}",
            hint="read it with the version of stnctl that wrote it",
        )
    if not _is_time(record.get("started")):
        raise InputError(
            f"{run.run} must have a time with zone as 'started', got {record.get('started')!r}"
        )
    if not isinstance(record.get("events"), list):
        raise InputError(f"{run.run} must have a list of 'events', got {record.get('events')!r}")
    if not isinstance(record.get("environment"), dict):
        raise InputError(f"{run.run} must have an 'environment', got {record.get('environment')!r}")
    if not _is_data(record.get("data")):
        raise InputError(
            f"{run.run} must have 'data' with 'source' and 'sha256', got {record.get('data')!r}"
        )
    return record


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_data(value: Any) -> bool:
    keys = ("source", "sha256")
    return isinstance(value, dict) and all(isinstance(value.get(key), str) for key in keys)


def _is_time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except (metadata.PackageNotFoundError, KeyError, ValueError):
        return None


def _describe_git() -> dict[str, Any] | None:
    revision = _git("rev-parse", "HEAD")
    status = _git("status", "--porcelain", "--untracked-files=no")
    if revision is None or status is None:
        return None
    return {"revision": revision.strip(), "dirty": bool(status)}


def _git(*arguments: str) -> str | None:
    """Return what git prints in the current folder, or None. It starts no helper of the folder."""
    program = shutil.which("git")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603, all arguments are our own
            [program, "--no-optional-locks", "-c", "core.fsmonitor=false", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            encoding="utf-8",
            errors="replace",
            timeout=_GIT_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
