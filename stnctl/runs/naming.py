"""Names of runs."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count

from stnctl.config.choices import RUN_NAME, RUN_NAME_RULE
from stnctl.errors import UsageError
from stnctl.runs.directory import LATEST, PREVIEWS, SWEEPS, RunDirectory

_MAX_STEM = 40  # leaves room for the time and a number within the 64 characters of a name

_RESERVED = {
    LATEST: "it is the keyword for the newest run",
    PREVIEWS: "it is the folder of the previews",
    SWEEPS: "it is the folder of the sweeps",
}


def check_valid(name: str) -> None:
    """Raise if no run can have this name.

    Raises:
        UsageError: If the name does not match `RUN_NAME`, or is reserved.
    """
    if not re.fullmatch(RUN_NAME, name):
        raise UsageError(f"a run can't be named {name!r}, expected {RUN_NAME_RULE}")
    if reserved := _RESERVED.get(name.lower()):  # some disks ignore case
        raise UsageError(f"a run can't be named {name!r}: {reserved}")


def planned_name(stem: str, now: datetime) -> str:
    """Return ``<stem>-YYYYMMDD-HHMMSS``, a valid name of a run.

    See `clean_stem`.
    """
    return f"{clean_stem(stem)}-{now:%Y%m%d-%H%M%S}"


def planned_names(stem: str, now: datetime) -> Iterator[str]:
    """Yield the `planned_name`, and then the same name with the numbers 2, 3, ..."""
    planned = planned_name(stem, now)
    yield planned
    for number in count(2):
        yield f"{planned}-{number}"


def without_time(name: str) -> str:
    """Return the name of a run without the time of a `planned_name`."""
    return re.sub(r"-[0-9]{8}-[0-9]{6}(-[0-9]+)?$", "", name)


def run_labels(runs: Sequence[RunDirectory]) -> list[str]:
    """Return the names of the runs, or the paths of all runs if two names are equal."""
    names = [run.name for run in runs]
    return names if len(set(names)) == len(names) else [str(run.path) for run in runs]


def clean_stem(stem: str) -> str:
    """Return ``stem`` as the name of a file or folder: "run", if no valid character is left.

    Invalid characters of ``stem`` are replaced by "-", and a long ``stem`` is shortened.
    """
    valid = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).lstrip("._-")[:_MAX_STEM].rstrip("._-")
    return valid or "run"
