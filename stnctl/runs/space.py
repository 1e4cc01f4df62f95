"""Room on the disk, asked for before anything is written."""

import os

from stnctl.errors import EnvironmentFault
from stnctl.runs.directory import RunDirectory
from stnctl.runs.files import reporting


def check_space(run: RunDirectory, num_bytes: int) -> None:
    """Refuse to begin what the disk of ``run`` has no room for.

    A disk that does not tell its size passes. A quota may still be met when it is written to.

    Raises:
        EnvironmentFault: If fewer than ``num_bytes`` are free, or ``run`` is not there.
    """
    with reporting(run.path, doing="look at", safe="nothing was changed"):
        disk = os.statvfs(run.path)
    free = disk.f_bavail * disk.f_frsize
    if disk.f_blocks and free < num_bytes:
        raise EnvironmentFault(
            f"the disk of {run.path} has {free:,} bytes free, {num_bytes:,} are needed; "
            "nothing was changed",
            hint="free some space on the disk, then run the command again",
        )
