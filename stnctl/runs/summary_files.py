"""Values of a summary, each from one file of a run that may be untrusted. NumPy is not loaded."""

import json
import math
import os
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from stnctl.config.stored import read_stored
from stnctl.errors import InputError, StnctlError
from stnctl.runs.checkpoint_paths import META, checkpoint_folder, pointer_file
from stnctl.runs.directory import RunDirectory
from stnctl.runs.pointers import read_pointer
from stnctl.storage.json_files import parse_json, read_json
from stnctl.storage.jsonl import read_lines
from stnctl.storage.regular_file import read_regular_file

NETWORK = "network"
"""Key of run.json with facts of the network, see `stnctl.training.setup`. Old runs have no such
key."""

_MAX_COUNT = 2**53
_MAX_NUMBER = 1e300
_MAX_SIDES = 8
_MAX_REPORT_BYTES = 2**25
_SEED_STATE = "seed_generator_state"


def best_epoch(run: RunDirectory) -> dict[str, Any]:
    """Return the pointer "best", with ``epoch``, ``step``, ``loss`` and ``accuracy``; {} without.

    Raises:
        InputError: If it is damaged.
        EnvironmentFault: If there is no permission to read it.
    """
    path = pointer_file(run, "best")
    if run.checkpoints.is_symlink():
        raise InputError(f"{run.checkpoints} is a symbolic link")
    if not path.exists():
        return {}
    return read_pointer(run, "best")


def configuration(run: RunDirectory) -> dict[str, Any]:
    """Return config.yaml, as `read_stored` does.

    Raises:
        StnctlError: If the file can't be read, or does not exist.
    """
    if not os.path.lexists(run.config):
        raise InputError(f"{run.config} does not exist")
    return read_stored(run.config)


def last_metrics(run: RunDirectory) -> dict[str, Any]:
    """Return the last row of metrics.jsonl; {} without one.

    Raises:
        InputError: If the file or the row can't be read.
        EnvironmentFault: If there is no permission to read the file.
    """
    lines = read_lines(run.metrics)
    return parse_json(lines[-1], f"{run.metrics}:{len(lines)}") if lines else {}


def median_seconds(run: RunDirectory) -> float | None:
    """Return the median duration of an epoch from times.jsonl; None without one.

    Raises:
        InputError: If the file or a row can't be read.
        EnvironmentFault: If there is no permission to read the file.
    """
    return _median_of_times(run, "seconds")


def median_speed(run: RunDirectory) -> float | None:
    """Return the median number of training images per second; None without an epoch.

    Raises:
        StnctlError: As in `median_seconds`.
    """
    return _median_of_times(run, "images_per_second")


def epochs_and_seconds(run: RunDirectory) -> tuple[int | None, float | None]:
    """Return the number of finished epochs and their duration without pauses; None without one.

    Raises:
        StnctlError: As in `median_seconds`.
    """
    rows = _time_rows(run)
    seconds = _numbers(rows, "seconds")
    return (count(rows[-1].get("epoch")) if rows else None), (sum(seconds) if seconds else None)


def _median_of_times(run: RunDirectory, key: str) -> float | None:
    return statistics.median(known) if (known := _numbers(_time_rows(run), key)) else None


def _time_rows(run: RunDirectory) -> list[dict[str, Any]]:
    """Return the rows of times.jsonl, parsed together."""
    lines = b",".join(read_lines(run.times)).decode(errors="replace")
    try:
        rows = json.loads(f"[{lines}]")
    except (ValueError, RecursionError) as error:
        raise InputError(f"{run.times} has a damaged row") from error
    if not all(isinstance(row, dict) and "seconds" in row for row in rows):
        raise InputError(f"{run.times} has a damaged row")
    return rows  # type: ignore[no-any-return]


def _numbers(rows: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    """Return the known values of a key."""
    values = (number(row.get(key)) for row in rows)
    return [each for each in values if each is not None]


def test_report(
    run: RunDirectory, record: Mapping[str, Any], best: Mapping[str, Any]
) -> dict[str, Any]:
    """Return eval/test.json, if it is a report of the best checkpoint on the data; otherwise {}.

    Args:
        run: The run.
        record: Its run.json.
        best: Its pointer "best".

    Raises:
        InputError: If the file can't be read.
        EnvironmentFault: If there is no permission to read it.
    """
    path = run.eval / "test.json"
    if run.eval.is_symlink():
        raise InputError(f"{run.eval} is a symbolic link")
    if not path.exists():
        return {}
    report = parse_json(read_regular_file(path, _MAX_REPORT_BYTES), str(path))
    expected = {
        "checkpoint": "best",
        "epoch": best.get("epoch"),
        "data_sha256": record.get("data", {}).get("sha256"),
    }
    return report if expected.items() <= report.items() else {}


def num_parameters(
    run: RunDirectory, record: Mapping[str, Any], best: Mapping[str, Any]
) -> int | None:
    """Return the number of parameters from run.json, or else from the best checkpoint.

    It is None if both are missing or damaged.

    Args:
        run: The run.
        record: Its run.json.
        best: Its pointer "best".
    """
    if NETWORK in record or not best:
        network = record.get(NETWORK)
        return count(network.get("parameters")) if isinstance(network, dict) else None
    try:
        arrays = read_json(checkpoint_folder(run, best["step"]) / META).get("arrays")
    except StnctlError:  # a training may have replaced the checkpoint
        return None
    sizes = [
        _size(array)
        for name, array in (arrays.items() if isinstance(arrays, dict) else ())
        if name.startswith("model/") and not name.endswith(_SEED_STATE)
    ]
    return count(sum(sizes)) if sizes else None


def number(value: Any) -> float | None:
    """Return a finite number as it is; None for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -_MAX_NUMBER <= value <= _MAX_NUMBER else None


def share(value: Any) -> float | None:
    """Return a number from 0 to 1 as it is; None for any other value."""
    known = number(value)
    return known if known is not None and 0 <= known <= 1 else None


def count(value: Any) -> int | None:
    """Return a whole number from 0 to 2**53 as it is; None for any other value."""
    return value if type(value) is int and 0 <= value <= _MAX_COUNT else None


def _size(array: Any) -> int:
    """Return the number of values of an array from its description, 0 if this is not valid."""
    match array:
        case {"shape": [*sides]} if len(sides) <= _MAX_SIDES:
            return math.prod(count(side) or 0 for side in sides)
    return 0
