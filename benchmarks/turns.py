"""Times calls against each other, in turns."""

import statistics
import time
from collections.abc import Callable
from typing import Any

Call = Callable[[], Any]


def medians(*calls: Call, rounds: int, least: float, pause: float) -> list[float]:
    """Return the median seconds of each of some calls, which take turns.

    Args:
        *calls: What is timed.
        rounds: Turns of each.
        least: Seconds that a turn lasts at least.
        pause: Seconds before a turn, in which the threads of others go to sleep.
    """
    turns = [[seconds(call, least, pause) for call in calls] for _ in range(rounds)]
    return [statistics.median(times) for times in zip(*turns, strict=True)]


def seconds(call: Call, least: float, pause: float) -> float:
    """Return the mean seconds of a call, after a pause and two calls that don't count."""
    time.sleep(pause)
    call()
    call()
    count, clock = 0, time.perf_counter()
    while (passed := time.perf_counter() - clock) < least:
        call()
        count += 1
    return passed / count
