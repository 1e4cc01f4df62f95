"""Check of a node of a cluster before it trains a cell."""

import socket
from pathlib import Path

from stnctl import __version__
from stnctl.sweeps.cell_training import CellTask
from stnctl.sweeps.folder import sweep_folder


def node_problem(task: CellTask, version: str) -> str | None:
    """Return the reason why this machine can't train a cell; None if it can.

    Args:
        task: The cell.
        version: Version of stnctl of the sweep.
    """
    node = f"node {socket.gethostname()}"
    if version != __version__:
        return f"{node} has stnctl {__version__}, expected {version} as on the node of the sweep"
    if not sweep_folder(Path(task.runs_dir), task.sweep).plan.is_file():
        return (
            f"{node} does not see the sweep in {task.runs_dir}: expected a folder that all nodes "
            "share, at the same path"
        )
    if not Path(task.folder).is_dir():
        return f"{node} has no folder {task.folder}, in which the sweep was started"
    return None
