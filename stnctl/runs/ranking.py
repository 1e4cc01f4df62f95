"""Order of runs by a key."""

from collections.abc import Iterable

from stnctl.runs.run_keys import KEYS
from stnctl.runs.summary import RunSummary


def sort_runs(
    runs: Iterable[RunSummary], key: str, *, descending: bool = False
) -> list[RunSummary]:
    """Return runs sorted by a key. Runs without a value are last, equal runs stay in their order.

    Args:
        runs: The runs.
        key: A name in `KEYS`.
        descending: Whether the largest value is first.
    """
    value = KEYS[key].value
    pairs = [(value(run), run) for run in runs]
    known = [pair for pair in pairs if pair[0] not in (None, "")]
    known.sort(key=lambda pair: pair[0], reverse=descending)
    return [run for _, run in [*known, *(pair for pair in pairs if pair[0] in (None, ""))]]


def best_runs(runs: Iterable[RunSummary], key: str) -> list[RunSummary]:
    """Return the runs with a value, the best one first. Broken runs are left out.

    Runs with equal values are in the order of their validation loss.

    Args:
        runs: The runs.
        key: A name in `BEST_KEYS`.
    """
    value = KEYS[key].value
    known = [run for run in runs if run.state != "broken" and value(run) is not None]
    return sort_runs(
        sort_runs(known, "validation_loss"), key, descending=KEYS[key].best == "highest"
    )


def worse_runs(runs: Iterable[RunSummary], key: str, num_best: int) -> list[RunSummary]:
    """Return the runs that are not among the best ones, in their order.

    Runs without a value are among them, but running and broken ones are not.

    Args:
        runs: The runs.
        key: A name in `BEST_KEYS`.
        num_best: Number of the best runs.
    """
    runs = list(runs)
    kept = [run.path for run in best_runs(runs, key)[:num_best]]
    return [run for run in runs if run.state not in ("running", "broken") and run.path not in kept]
