"""Cache of the pixels of folders of images, in the cache folder of the user."""

import hashlib
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from time import time_ns

import numpy as np
import PIL

from stnctl.data.dataset import Arrays, SourceData, content_sha256
from stnctl.data.sources.array_layout import ImageShape
from stnctl.data.sources.folder_listing import Listing
from stnctl.errors import StnctlError
from stnctl.storage.atomic import replacing
from stnctl.storage.cache_folder import cache_folder
from stnctl.storage.json_files import json_bytes, parse_json
from stnctl.storage.regular_file import open_regular_file

LEAST_FILES = 500
"""Minimum number of images of a folder that is stored."""

MAX_STORED = 4
"""Maximum number of stored folders; the oldest is removed."""

_SETTLED = 2_000_000_000
"""Nanoseconds after the last change of a file, when a further change surely gets another time."""

_VERSION = 1


class FolderCache:
    """Cache of the pixels of folders of images.

    The key of a folder is a hash of the paths, the sizes and the times of its files, so a changed
    folder has another key. A stored file has a hash of its content. A file that is damaged or can't
    be read is ignored, as is an error in writing: the cache only saves time.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Take the folder of the user's cache; None for `cache_folder`."""
        self._folder = folder

    def key(self, listing: Listing, image_shape: ImageShape | None) -> str | None:
        """Return the key of a folder; None if it is not stored.

        Args:
            listing: The files.
            image_shape: The shape to which the images are scaled, or None.
        """
        files = [(split, each) for split, files in listing.files.items() for each in files]
        now = time_ns()
        recent = any(now - max(each.status[1:]) < _SETTLED for _, each in files)
        if len(files) < LEAST_FILES or recent:
            return None
        digest = hashlib.sha256(repr((_VERSION, PIL.__version__, image_shape)).encode())
        for split, each in files:
            digest.update(repr((split, each.path, each.label, each.status)).encode())
        return digest.hexdigest()

    def read(self, key: str | None) -> SourceData | None:
        """Return the stored data of a key; None if there is no valid file."""
        if key is None:
            return None
        with suppress(OSError, StnctlError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            path = self._path(key)
            descriptor = open_regular_file(path, follow_links=False)
            with os.fdopen(descriptor, "rb") as file, np.load(file, allow_pickle=False) as stored:
                header = parse_json(bytes(stored["header"]), str(path))
                arrays = Arrays(**{name: stored[name] for name in stored if name != "header"})
            if content_sha256(arrays) == header["sha256"]:
                return SourceData(arrays, notes=tuple(map(str, header["notes"])))
        return None

    def write(self, key: str | None, data: SourceData) -> None:
        """Store the data of a key, and remove the oldest of too many files.

        Without a key, nothing is stored.
        """
        if key is None:
            return
        header = {"sha256": content_sha256(data.arrays), "notes": list(data.notes)}
        encoded = np.frombuffer(json_bytes(header), np.uint8)
        path = self._path(key)
        with suppress(OSError, StnctlError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as file:
                np.savez(file, allow_pickle=False, header=encoded, **data.arrays.named())
            stored = sorted(path.parent.glob("*.npz"), key=lambda each: each.stat().st_mtime_ns)
            for old in stored[:-MAX_STORED]:
                old.unlink()

    def _path(self, key: str) -> Path:
        return (self._folder or cache_folder()) / "image_folders" / f"{key}.npz"
