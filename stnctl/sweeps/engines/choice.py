"""Choice of the engine of a sweep."""

import os
from collections.abc import Callable
from typing import Any

from stnctl.config.engines import EngineSection, Local
from stnctl.sweeps.engines.events import Engine
from stnctl.sweeps.engines.local import LocalEngine


def make_engine(section: EngineSection, *, threads: int) -> Engine:
    """Return the engine of a section.

    Args:
        section: The key `engine` of a sweep.
        threads: Number of threads of its cells, the largest if they differ.

    Raises:
        UsageError: If the extra of the engine is not installed.
    """
    return ENGINES[section.engine](section, threads)


def num_jobs(section: Local, threads: int) -> int:
    """Return the number of worker processes of the local engine."""
    return section.jobs or max(usable_cores() // threads, 1)


def usable_cores() -> int:
    """Return the number of CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _local(section: Local, threads: int) -> Engine:
    return LocalEngine(num_jobs(section, threads), section.retries)


ENGINES: dict[str, Callable[[Any, int], Engine]] = {"local": _local}
"""Name of an engine -> function from its section and the number of threads of a cell to it."""
