"""State of a run, and the time at which it was last trained."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Literal

from stnctl.runs.checkpoint_paths import pointer_file
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lock import is_locked

State = Literal["running", "finished", "interrupted", "diverged", "broken"]
"""State of a run. A broken run has a file that can't be read."""

_STATES: dict[str, State] = {"end": "finished", "diverged": "diverged"}
_OPEN = ("start", "resume")
"""Events after which a training may have ended without another event."""


def state_of(run: RunDirectory, record: Mapping[str, Any]) -> State:
    """Return the state of a run, whose last training may have been killed.

    Args:
        run: The run.
        record: Its run.json, from `read_record`.
    """
    if is_locked(run):
        return "running"
    return _STATES.get(record["events"][-1]["event"], "interrupted")


def started_at(record: Mapping[str, Any]) -> datetime:
    """Return the time at which a run was started, from its run.json."""
    return datetime.fromisoformat(record["started"])


def touched_at(run: RunDirectory, record: Mapping[str, Any]) -> datetime:
    """Return the time at which a run was last trained: its last event or checkpoint.

    The time of a checkpoint counts only while no event has ended the training. An evaluation does
    not count.

    Args:
        run: The run.
        record: Its run.json, from `read_record`.
    """
    events = record["events"]
    times = [started_at(record), *(datetime.fromisoformat(event["at"]) for event in events)]
    if events[-1]["event"] in _OPEN:
        with suppress(OSError):
            saved = pointer_file(run, "last").lstat().st_mtime
            times.append(datetime.fromtimestamp(saved, UTC))
    return max(times)
