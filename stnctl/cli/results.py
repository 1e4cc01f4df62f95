"""Files of a result in the directory of a run."""

from collections.abc import Callable
from pathlib import Path

from stnctl.errors import EnvironmentFault
from stnctl.runs.directory import RunDirectory
from stnctl.storage.disk import check_space, check_writable

SPARE_BYTES = 2**20
"""Free space on the disk that a command requires for its files."""


def check_results_folder(run: RunDirectory, folder: Path) -> None:
    """Check that files can be written to a folder of a run, before the command measures anything.

    Raises:
        EnvironmentFault: If the folder can't be written, or its disk is full.
    """
    try:
        check_writable(folder)
    except EnvironmentFault as error:
        hint = f"the files of the result are written there: check {run.path}, or copy the run"
        raise EnvironmentFault(str(error), hint=hint) from error
    check_space(folder, SPARE_BYTES)


def write_then_show(write: Callable[[], list[Path]], show: Callable[[list[Path]], None]) -> None:
    """Write the files of a result, and show the result, even if the files can't be written.

    Args:
        write: Function that writes the files and returns their paths.
        show: Function that prints the result and the given paths.

    Raises:
        EnvironmentFault: If the files can't be written. The result is then shown without paths.
    """
    try:
        paths = write()
    except EnvironmentFault:
        show([])
        raise
    show(paths)
