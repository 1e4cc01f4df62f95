"""Room on the disk, asked for before anything is written."""

import os
from pathlib import Path

from stnctl.errors import EnvironmentFault
from stnctl.runs.files import nearest_existing, reporting


def check_space(folder: Path, num_bytes: int) -> None:
    """Refuse to begin what the disk of ``folder``, which may be missing yet, has no room for.

    A disk that does not tell its size passes. A quota may still be met when it is written to.

    Raises:
        EnvironmentFault: If fewer than ``num_bytes`` are free.
    """
    with reporting(folder, doing="look at", safe="nothing was changed"):
        disk = os.statvfs(nearest_existing(folder))
    free = disk.f_bavail * disk.f_frsize
    if disk.f_blocks and free < num_bytes:
        raise EnvironmentFault(
            f"the disk of {folder} has {free:,} bytes free, {num_bytes:,} are needed; "
            "nothing was changed",
            hint="free some space on the disk, then run the command again",
        )
