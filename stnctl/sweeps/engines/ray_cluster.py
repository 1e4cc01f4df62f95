"""Connection to Ray: on this machine or on a cluster, and the resources of its nodes."""

import logging
import os
import secrets
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from stnctl.config.engines import Ray
from stnctl.errors import EnvironmentFault
from stnctl.sweeps.cell_task import CellTask
from stnctl.sweeps.engines.cluster_node import cell_environment
from stnctl.sweeps.engines.ray_worker import NUM_THREADS

PORT_SECONDS = 10.0
"""Time in which the head of a cluster must answer."""

_OBJECT_STORE = 100 * 2**20
_GIGABYTE = 10**9

_THREADS = "STNCTL_CELL_THREADS"
"""Variable that only serves to give cells with different threads different worker processes."""

_OF_TERMINAL = (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT)
"""Signals of a terminal, which Ray's processes leave to the sweep."""


@contextmanager
def connected(section: Ray, *, cores: int) -> Iterator[None]:
    """Connect to Ray in the ``with`` block; start it if the section has no address.

    Args:
        section: The key `engine` of the sweep.
        cores: Number of CPU cores for a Ray that is started.

    Raises:
        EnvironmentFault: If Ray can't be started, or the cluster can't be reached.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if section.address is None:
        _protect_own_cluster()
    else:
        _check_port(section, section.address)
    import ray

    options: dict[str, Any] = {"address": section.address}
    if section.address is None:
        options = {"address": "local", "num_cpus": cores, "include_dashboard": False}
        options["object_store_memory"] = _OBJECT_STORE
    with _signals_of_this_process():
        try:
            ray.init(**options, log_to_driver=False, logging_level=logging.ERROR)
        except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
            raise _unreachable(section, error) from error
    try:
        yield
    finally:
        ray.shutdown()


def needs_of(section: Ray, threads: int) -> dict[str, float]:
    """Return the resources of a cell under Ray's names.

    Args:
        section: The key `engine` of the sweep.
        threads: Number of threads of the cell.
    """
    memory = int((section.memory_gb or 0) * _GIGABYTE)
    needs = {"CPU": section.cpus or threads, "GPU": section.gpus, "memory": memory}
    return {name: amount for name, amount in needs.items() if amount}


def num_slots(needs: Mapping[str, float]) -> int:
    """Return the number of cells with these needs that the nodes can train at the same time."""
    import ray

    return sum(
        min(int(node["Resources"].get(name, 0) // amount) for name, amount in needs.items())
        for node in ray.nodes()
        if node["Alive"]
    )


def check_slots(needs: Mapping[str, float]) -> None:
    """Raise if no node has the resources of a cell.

    Raises:
        EnvironmentFault: If there is no such node.
    """
    import ray

    if num_slots(needs):
        return
    nodes = [
        _text({name: node["Resources"].get(name, 0) for name in needs})
        for node in ray.nodes()
        if node["Alive"]
    ]
    raise EnvironmentFault(
        f"no node of Ray has the resources of a cell: expected {_text(needs)}, "
        f"got {'; '.join(nodes)}",
        hint="lower cpus, gpus or memory_gb of the engine, or start such a node",
    )


def task_options(section: Ray, task: CellTask) -> dict[str, Any]:
    """Return the options of a Ray task: the resources of a cell, and its environment.

    A worker process trains only cells with the same environment, and so with the same threads.
    """
    needs = needs_of(section, task.threads)
    variables = {NUM_THREADS: "", **cell_environment(), _THREADS: str(task.threads)}
    return {
        "num_cpus": needs["CPU"],
        "num_gpus": needs.get("GPU", 0),
        "memory": needs.get("memory"),
        "max_retries": 0,
        "runtime_env": {"env_vars": variables},
    }


def _protect_own_cluster() -> None:
    """Give a Ray of this machine a token of its own, before Ray is imported and reads it.

    Other users of the machine can't connect without it. Ray itself would write one to the home
    folder.
    """
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


def _check_port(section: Ray, address: str) -> None:
    """Raise if nothing answers at HOST:PORT, to which Ray would try to connect for minutes."""
    host, _, port = address.rpartition(":")
    if not (host and port.isascii() and port.isdigit()) or "/" in host:
        return  # such as `auto`: Ray explains other forms
    try:
        socket.create_connection((host.strip("[]"), int(port)), PORT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise _unreachable(section, error) from error


@contextmanager
def _signals_of_this_process() -> Iterator[None]:
    """Keep signals of the terminal from processes started in the ``with`` block, and handlers.

    Ray replaces the handler of SIGTERM.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _OF_TERMINAL)
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _unreachable(section: Ray, error: Exception) -> EnvironmentFault:
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    if section.address is None:
        return EnvironmentFault(
            f"Ray can't be started: {reason}", hint="check free memory, and the disk of /tmp"
        )
    return EnvironmentFault(
        f"no cluster of Ray at {section.address}: {reason}",
        hint="this machine must be one of its nodes: ray start --head, or ray start "
        "--address HOST:6379; `ray status` shows the nodes",
    )


def _text(needs: Mapping[str, float]) -> str:
    gigabytes = {"memory": (_GIGABYTE, " GB of memory")}
    parts = []
    for name, amount in needs.items():
        unit, label = gigabytes.get(name, (1, f" {name}"))
        parts.append(f"{amount / unit:g}{label}")
    return ", ".join(parts)
