"""Choice of the engine of a sweep."""

import importlib.util
import os
from collections.abc import Callable
from typing import Any

from stnctl.config.engines import EngineSection, Local, Ray, Slurm
from stnctl.errors import UsageError
from stnctl.sweeps.engines.events import Engine
from stnctl.sweeps.engines.local import LocalEngine
from stnctl.sweeps.engines.ray_engine import RayEngine
from stnctl.sweeps.engines.slurm_engine import SlurmEngine

PACKAGES = {"ray": "ray>=2.55,<3", "slurm": "submitit>=1.5.4,<2"}
"""Name of an engine -> the package of its extra, as `pyproject.toml` has it."""


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


def _ray(section: Ray, threads: int) -> Engine:
    _check_installed("ray")
    return RayEngine(section, threads, usable_cores())


def _slurm(section: Slurm, _threads: int) -> Engine:
    _check_installed("slurm")
    return SlurmEngine(section)


def _check_installed(engine: str) -> None:
    package = PACKAGES[engine].partition(">")[0]
    if importlib.util.find_spec(package) is None:
        raise UsageError(
            f"the engine {engine} needs {package}, which is not installed",
            hint=f'install it: pip install "{PACKAGES[engine]}"',
        )


ENGINES: dict[str, Callable[[Any, int], Engine]] = {
    "local": _local,
    "ray": _ray,
    "slurm": _slurm,
}
"""Name of an engine -> function from its section and the number of threads of a cell to it."""
