"""Folder of files that stnctl keeps between commands, such as downloads."""

import atexit
import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs

from stnctl.errors import EnvironmentFault


def cache_folder() -> Path:
    """Return the folder in $STNCTL_CACHE_DIR, default the cache of the user.

    A user without a home folder, as in some containers, gets a folder until the process ends.

    Raises:
        EnvironmentFault: If the user has neither a home folder nor one for temporary files.
    """
    if named := os.environ.get("STNCTL_CACHE_DIR"):
        return Path(named)
    try:
        return platformdirs.user_cache_path("stnctl")
    except RuntimeError:
        return _folder_of_process()


@cache
def _folder_of_process() -> Path:
    try:
        folder = TemporaryDirectory(prefix="stnctl-", ignore_cleanup_errors=True)
    except OSError as error:
        raise EnvironmentFault(
            f"there is no folder for the cache: {error.strerror}",
            hint="set HOME or STNCTL_CACHE_DIR to a folder",
        ) from error
    atexit.register(folder.cleanup)
    return Path(folder.name)
