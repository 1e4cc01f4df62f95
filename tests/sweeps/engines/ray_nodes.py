"""Nodes of a Ray cluster on this machine, each started by `ray start`, and their processes."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

RAY = Path(sys.executable).with_name("ray")
HOST = "127.0.0.1"
TIMEOUT_S = 120.0

ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
}
"""Variables of the nodes and of the sweep: a token of this cluster only."""


def wait_until(happens: Callable[[], object], seconds: float = TIMEOUT_S) -> None:
    """Wait until ``happens()`` is true."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, happens
        time.sleep(0.02)


class Node:
    """Node of the cluster, with one CPU core.

    Attributes:
        process: The command `ray start --block`, the parent of Ray's processes of the node.
    """

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [
                *(RAY, "start", "--block", f"--node-ip-address={HOST}", "--num-cpus=1"),
                *("--object-store-memory=80000000", *arguments),
            ],
            env=os.environ | ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def raylet(self) -> int:
        """The process that starts the workers of the node."""
        [pid] = (p for p in children(self.process.pid) if "/raylet/raylet" in command_of(p))
        return pid

    def is_up(self) -> bool:
        """Return whether the node has its processes."""
        assert self.process.poll() is None
        return any(
            "ray::" in command_of(p) for r in children(self.process.pid) for p in children(r)
        )

    def stop(self) -> None:
        """End the node. A worker of a killed node can need some seconds to end."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            for pid in [*children(self.process.pid), self.process.pid]:
                os.kill(pid, signal.SIGKILL)
            self.process.wait()


class Cluster:
    """Cluster of two nodes, without a dashboard."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server((HOST, 0)) as server:
            self.address = f"{HOST}:{server.getsockname()[1]}"
        port = self.address.partition(":")[2]
        head = f"--port={port}", "--include-dashboard=false", f"--temp-dir={folder}"
        self.nodes = [Node("--head", *head, f"--ray-client-server-port={free_port()}")]
        wait_until(self.nodes[0].is_up)
        self.nodes.append(Node(f"--address={self.address}"))
        wait_until(self.nodes[1].is_up)

    def stop(self) -> None:
        """End all nodes, the head last."""
        for node in reversed(self.nodes):
            node.stop()


def free_port() -> int:
    """Return a port that no process uses."""
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]


def children(pid: int) -> list[int]:
    """Return the child processes of a process."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = path.read_text(encoding="utf-8").rpartition(")")[2].split()[1]
        except OSError:  # it has ended
            continue
        if int(parent) == pid:
            found.append(int(path.parent.name))
    return found


def command_of(pid: int) -> str:
    """Return the command line of a process; "" if it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
