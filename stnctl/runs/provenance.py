"""`run.json`: who ran what, where, on which data, and what happened to the run since."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from stnctl.errors import InputError
from stnctl.runs.directory import RunDirectory
from stnctl.storage.json_files import read_json, write_json

Event = Literal["start", "resume", "end", "interrupted", "diverged"]

SCHEMA_VERSION = 1
MAX_EVENTS = 1000

_LONGEST = 200
_LONGEST_PART, _MOST_PARTS = 4096, 40
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class DataRecord:
    """The data that a run is trained on.

    Attributes:
        source: A name such as "mnist", or a path.
        sha256: Of the data.
        warning: Why other data was used than asked for, or None.
        mark: That this user may read what lies at the path: see `stnctl.data.run_signature`. None for
            a name.
    """

    source: str
    sha256: str
    warning: str | None = None
    mark: str | None = None


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
        InputError: If the name of the data has control characters.
        EnvironmentFault: If it can't be written.
    """
    if not _is_plain(data.source):
        raise InputError(
            f"the data can't be called {_shown(data.source)}: control characters are in its name",
            hint="rename the file",
        )
    now = _now()
    record = {
        "schema_version": SCHEMA_VERSION,
        "name": run.name,
        "started": now,
        "argv": _cut(argv),
        "seed": seed,
        "data": asdict(data),
        "environment": dict(environment),
        "events": [{"event": "start", "at": now}],
    }
    write_json(run.run, record)
    return record


def record_event(run: RunDirectory, event: Event, *, step: int | None = None) -> None:
    """Add an event, with the time, to run.json: of more than `MAX_EVENTS`, the first and the last.

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
    first, *later = record["events"]
    write_json(run.run, {**record, "events": [first, *later[2 - MAX_EVENTS :], entry]})


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
            f"{run.run} must have schema_version {SCHEMA_VERSION}, got {_shown(version)}",
            hint="read it with the version of stnctl that wrote it",
        )
    for key, (is_valid, expected) in _FIELDS.items():
        if not is_valid(value := record.get(key)):
            raise InputError(f"{run.run} must have {expected}, got {_shown(value)}")
    return record


def _cut(argv: Sequence[str]) -> list[str]:
    """Return a command line that is no longer than a record can tell of."""
    parts = [part if len(part) <= _LONGEST_PART else f"{part[:_LONGEST_PART]}..." for part in argv]
    return parts if len(parts) <= _MOST_PARTS else [*parts[:_MOST_PARTS], "..."]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _is_plain(value: Any) -> bool:
    """Return whether it is a text that does nothing to a terminal."""
    return isinstance(value, str) and not _CONTROL.search(value)


def _are_events(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_event, value))


def _is_event(value: Any) -> bool:
    return isinstance(value, dict) and _is_plain(value.get("event")) and _is_time(value.get("at"))


def _is_environment(value: Any) -> bool:
    return isinstance(value, dict) and _is_plain(value.get("backend", ""))


def _is_data(value: Any) -> bool:
    keys = ("source", "sha256")
    return isinstance(value, dict) and all(_is_plain(value.get(key)) for key in keys)


_FIELDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "started": (_is_time, "a time with zone as 'started'"),
    "events": (_are_events, "a list of 'events' with 'event' and 'at'"),
    "environment": (_is_environment, "an 'environment'"),
    "data": (_is_data, "'data' with 'source' and 'sha256'"),
}


def _shown(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
