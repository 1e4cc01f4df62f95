"""Provenance of a run in `run.json`: command line, seed, data, environment and events."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from stnctl.config.messages import hide_credentials, shorten
from stnctl.errors import InputError
from stnctl.runs.directory import RunDirectory
from stnctl.storage.json_files import read_json, write_json

Event = Literal["start", "resume", "end", "interrupted", "diverged"]

SCHEMA_VERSION = 1
MAX_EVENTS = 1000

_MAX_SHOWN = 200
_MAX_ARGUMENT, _MAX_ARGUMENTS, _MAX_ARGV_BYTES = 4096, 40, 2**18
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class DataRecord:
    """Training data of a run.

    Attributes:
        source: A name such as "mnist", or a path.
        sha256: SHA-256 (hex) of the data.
        warning: Reason why other data than the configured was used, or None.
        mark: Signature of the data by the user who trained on it: see `stnctl.data.run_signature`.
            None if no signature could be made.
    """

    source: str
    sha256: str
    warning: str | None = None
    mark: str | None = None


def first_record(
    name: str,
    *,
    argv: Sequence[str],
    seed: int,
    data: DataRecord,
    environment: Mapping[str, Any],
    further: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the content of the run.json of a new run, with the event "start".

    Args:
        name: Name of the run.
        argv: The command line. A long one is shortened.
        seed: The seed of the run.
        data: The training data of the run.
        environment: The result of `describe_environment`, with the added keys ``backend``,
            ``threads`` and ``flags``.
        further: Further entries, such as the checkpoint with the first weights.

    Raises:
        InputError: If the name of the data contains control characters.
    """
    if not _is_plain(data.source):
        raise InputError(
            f"the name of the data can't contain control characters, got {_shown(data.source)}",
            hint="rename the file",
        )
    now = _now()
    return {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "started": now,
        "argv": _truncated(argv),
        "seed": seed,
        "data": asdict(data),
        "environment": dict(environment),
        **(further or {}),
        "events": [{"event": "start", "at": now}],
    }


def record_event(run: RunDirectory, event: Event, *, step: int | None = None) -> None:
    """Add an event to run.json, with the current time.

    At most `MAX_EVENTS` events are kept: the first one and the newest ones.

    Args:
        run: The run.
        event: The event.
        step: Number of training steps so far, or None to record no step.

    Raises:
        InputError: If run.json is missing or not valid, or has no room for another event.
        EnvironmentFault: If run.json can't be written. It is then unchanged.
    """
    record = read_record(run)
    entry: dict[str, Any] = {"event": event, "at": _now()}
    if step is not None:
        entry["step"] = step
    first, *later = record["events"]
    try:
        write_json(run.run, {**record, "events": [first, *later[2 - MAX_EVENTS :], entry]})
    except ValueError as error:
        raise InputError(f"{run.run} has no room for another event: {error}") from error


def read_record(run: RunDirectory) -> dict[str, Any]:
    """Return the content of run.json, with any unknown keys.

    Raises:
        InputError: If run.json is missing, is not JSON, or lacks a valid ``schema_version``,
            ``started``, ``events``, ``environment`` or ``data``.
        EnvironmentFault: If there is no permission to read the file.
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


def _truncated(argv: Sequence[str]) -> list[str]:
    """Return a command line without credentials, shortened so that it fits into run.json."""
    parts: list[str] = []
    room = _MAX_ARGV_BYTES
    for part in map(hide_credentials, argv[:_MAX_ARGUMENTS]):
        shown = part if len(part) <= _MAX_ARGUMENT else f"{part[:_MAX_ARGUMENT]}..."
        room -= len(json.dumps(shown))
        if room < 0:
            break
        parts.append(shown)
    return parts if len(parts) == len(argv) else [*parts, "..."]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_time(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _is_plain(value: Any) -> bool:
    """Return whether ``value`` is a text without control characters, which is safe to print."""
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
    return shorten(ascii(value), _MAX_SHOWN)
