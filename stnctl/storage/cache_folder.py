"""Folder of files that stnctl keeps between commands, such as downloads."""

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Return the folder in $STNCTL_CACHE_DIR, default the cache of the user."""
    named = os.environ.get("STNCTL_CACHE_DIR")
    return Path(named) if named else platformdirs.user_cache_path("stnctl")
