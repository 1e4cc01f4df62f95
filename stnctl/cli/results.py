"""Files of a result in the directory of a run."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from stnctl.cli import console
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


def write_then_show(
    write: Callable[[], list[Path]],
    document: Mapping[str, Any],
    show: Callable[[list[Path]], None],
    *,
    json: bool,
) -> None:
    """Write the files of a result, and print the result, even if the files can't be written.

    Args:
        write: Function that writes the files and returns their paths.
        document: The result as a JSON document, without the paths.
        show: Function that prints the result and the given paths as text.
        json: Whether to print the document, with the paths as ``files``, instead of the text.

    Raises:
        EnvironmentFault: If the files can't be written. The result is then printed without paths.
    """

    def print_result(paths: list[Path]) -> None:
        if json:
            console.result_json({**document, "files": [str(path) for path in paths]})
        else:
            show(paths)

    try:
        paths = write()
    except EnvironmentFault:
        print_result([])
        raise
    print_result(paths)
