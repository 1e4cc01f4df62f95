"""Timing of several calls, in turns."""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.timings import Timings

Call = Callable[[], Any]


def timings(*calls: Call, rounds: int, least: float, pause: float) -> list[Timings]:
    """Return the seconds of each call in each round; the calls take turns.

    Args:
        *calls: Functions to time.
        rounds: Number of turns of each call.
        least: Smallest duration of a turn in seconds.
        pause: Seconds before a turn, in which the threads of other libraries go to sleep.
    """
    turns = [[seconds(call, least, pause) for call in calls] for _ in range(rounds)]
    return [Timings(times) for times in zip(*turns, strict=True)]


def seconds(call: Call, least: float, pause: float) -> float:
    """Return the mean seconds of a call, after a pause and two warm-up calls."""
    time.sleep(pause)
    call()
    call()
    count, clock = 0, time.perf_counter()
    while (passed := time.perf_counter() - clock) < least:
        call()
        count += 1
    return passed / count
