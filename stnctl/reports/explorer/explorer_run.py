"""A run in the explorer: its network and its digits as JSON data."""

from typing import Any

from stnctl.evaluation.loaded_run import LoadedRun


def read_explorer_run(loaded: LoadedRun) -> dict[str, Any]:
    """Return the run as JSON data."""
    return {"name": loaded.run.name}
