"""Small cluster of Slurm on this machine: its daemons, with keys and files of their own."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PROGRAMS = ("mungekey", "munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol")
NODE = socket.gethostname().partition(".")[0]
TIMEOUT_S = 60.0

CONFIG = """
ClusterName=stnctl
SlurmctldHost={node}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
KillWait=5
NodeName={node} NodeAddr=127.0.0.1 CPUs=2 RealMemory=8000
PartitionName=main Nodes=ALL Default=YES State=UP
"""


def missing_programs() -> list[str]:
    """Return the programs of Slurm that are not installed."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    return [name for name in PROGRAMS if shutil.which(name, path=path) is None]


def wait_until(happens: Callable[[], object], seconds: float = TIMEOUT_S) -> None:
    """Wait until ``happens()`` is true."""
    deadline = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < deadline, happens
        time.sleep(0.1)


class SlurmCluster:
    """Cluster with one node of two CPU cores, which the user of the tests owns.

    Attributes:
        environment: Variables of the commands that use it.
    """

    def __init__(self, folder: Path) -> None:
        munge = folder / "munge"
        for path in (munge, folder / "state", folder / "spool"):
            path.mkdir(mode=0o700)
        self.environment = os.environ | {
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",
        }
        user = pwd.getpwuid(os.getuid()).pw_name
        text = CONFIG.format(node=NODE, user=user, folder=folder, ports=free_ports())
        (folder / "slurm.conf").write_text(text, encoding="utf-8")
        self.run("mungekey", "--create", f"--keyfile={munge / 'key'}")
        files = [f"--{name}={munge / name.partition('-')[0]}" for name in ("pid-file", "seed-file")]
        self._daemons = [
            self._start(
                *("munged", "--foreground", "--force", *files, f"--key-file={munge / 'key'}"),
                *(f"--socket={munge / 'socket'}", f"--log-file={munge / 'log'}"),
            )
        ]
        wait_until((munge / "socket").exists)
        self._daemons += [self._start("slurmctld", "-D"), self._start("slurmd", "-D")]
        wait_until(lambda: "idle" in self.run("sinfo", "--noheader", "--format=%T", check=False))

    def run(self, *command: str, check: bool = True) -> str:
        """Run a command of Slurm and return its stdout."""
        return subprocess.run(
            command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=check,
            timeout=TIMEOUT_S,
        ).stdout

    def stop(self) -> None:
        """Cancel all jobs, and end the daemons."""
        self.run("scancel", "--signal=KILL", f"--user={os.getuid()}", check=False)
        self.run("scancel", f"--user={os.getuid()}", check=False)
        for daemon in reversed(self._daemons):
            daemon.terminate()
            daemon.wait(TIMEOUT_S)

    def _start(self, *command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def free_ports() -> list[int]:
    """Return two ports that no process uses."""
    servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [server.getsockname()[1] for server in servers]
    for server in servers:
        server.close()
    return ports
