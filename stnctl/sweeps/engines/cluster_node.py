"""Node of a cluster: its environment, its check, and the wait for a lost worker."""

import os
import socket
import time
from pathlib import Path

from stnctl import __version__
from stnctl.models.backend import chosen_backend
from stnctl.runs.directory import RunDirectory
from stnctl.runs.environment import BIT_VARIABLES
from stnctl.runs.lock import is_locked
from stnctl.sweeps.cell_task import CellTask, Watcher
from stnctl.sweeps.folder import sweep_folder

LOCK_SECONDS = 120.0
"""Time in which a lost worker releases the lock of its run. NFS needs up to 90 s."""

_LOOK_SECONDS = 0.2

_OF_NODE = "CUDA_VISIBLE_DEVICES"
"""Variable that an engine sets on each node."""


def cell_environment() -> dict[str, str]:
    """Return the variables of this process that decide the bits of a training on a node.

    Raises:
        EnvironmentFault: If the backend of Keras is not installed.
    """
    names = [name for name in BIT_VARIABLES if name in os.environ and name != _OF_NODE]
    return {name: os.environ[name] for name in names} | {"KERAS_BACKEND": chosen_backend()}


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


def await_lock(task: CellTask, watcher: Watcher) -> None:
    """Wait until a lost worker, which may still be ending, has released the lock of its run.

    Args:
        task: The cell that the worker trained.
        watcher: Can end the wait.
    """
    run = RunDirectory(Path(task.runs_dir) / task.run)
    end = time.monotonic() + LOCK_SECONDS
    while is_locked(run) and time.monotonic() < end and not watcher.should_stop():
        time.sleep(_LOOK_SECONDS)
