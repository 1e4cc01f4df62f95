"""Sets of files that belong together, such as a report and its figures."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from stnctl.errors import EnvironmentFault
from stnctl.storage.atomic import flush_to_disk, fsync_directory, replacing
from stnctl.storage.disk import explain_os_errors, make_folder


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files to a folder, all of them or none, and return their paths.

    All files are complete on the disk, with temporary names, before the first one gets its name.

    Args:
        folder: The folder; it is created if it does not exist.
        files: Name -> complete content. A link with such a name is replaced, never followed.

    Raises:
        EnvironmentFault: If the folder or a file can't be written. Earlier files are unchanged.
    """
    make_folder(folder)
    paths = [folder / name for name in files]
    safe = "earlier files are unchanged" if any(map(os.path.lexists, paths)) else "nothing written"
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            raise EnvironmentFault(
                f"{path} is a folder, expected a file; {safe}", hint=f"move {path} away"
            )
    with explain_os_errors(folder, doing="write in", safe=safe):
        with ExitStack() as stack:
            for path, data in zip(paths, files.values(), strict=True):
                file = stack.enter_context(replacing(path))
                file.write(data)
                file.flush()
                flush_to_disk(file.fileno())
        fsync_directory(folder)
    return paths
