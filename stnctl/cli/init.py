"""``stnctl init``: copies of shipped configurations, to change them."""

import os
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from stnctl.cli import console
from stnctl.cli.completion import complete_shipped
from stnctl.cli.options import Json
from stnctl.errors import UsageError

EXAMPLES = """\b
Examples:
  stnctl init
  stnctl init stn_rts cnn_rts
"""


def init(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...",
            help="Names of `stnctl configs`, default all.",
            autocompletion=complete_shipped,
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Replace changed files: the configurations NAME, and the schemas."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Copy shipped configurations into configs/.

    The folder is in the current folder. The configurations that they extend are copied too, and the
    schemas, which your editor uses for completion and checks. A file that exists with other content
    is not replaced: if you name it, nothing is written; otherwise, it is kept.
    """
    from stnctl.config.shipped import CONFIGS, SCHEMAS, SUFFIX, shipped_names
    from stnctl.config.starter_files import starter_files

    chosen = list(dict.fromkeys(names or shipped_names()))
    files = starter_files(chosen)
    named = [f"{CONFIGS}/{name}{SUFFIX}" for name in chosen]
    changed = [path for path, content in files.items() if _is_changed(Path(path), content)]
    if not force and (taken := [path for path in named if path in changed]):
        raise UsageError(
            f"{', '.join(taken)}: exists already, with other content; nothing was written",
            hint="replace it with --force, or name other configurations: stnctl init NAME ...",
        )
    kept = [path for path in changed if not (force and path in {*named, *SCHEMAS})]
    written = _write({path: content for path, content in files.items() if path not in kept})
    for path in kept:
        console.note(f"note  {path} differs from the shipped file, and is kept")
    if json:
        console.result_json({"written": written, "kept": kept})
        return
    if not written:
        console.note("note  all other files are there already")
    for path in written:
        console.result(path)
    first = named[0] if names else f"{CONFIGS}/stn_rts{SUFFIX}"
    console.next_steps(
        [console.command("stnctl", command, first) for command in ("preview", "train")]
    )


def _is_changed(path: Path, content: bytes) -> bool:
    """Return whether there is something at ``path``, but not a file with this content."""
    return os.path.lexists(path) and not _is_same(path, content)


def _is_same(path: Path, content: bytes) -> bool:
    from stnctl.errors import InputError
    from stnctl.storage.regular_file import read_regular_file

    try:
        return read_regular_file(path, len(content)) == content
    except InputError:  # such as a link, a folder, or a larger file
        return False


def _write(files: Mapping[str, bytes]) -> list[str]:
    """Write the files that are not there with the same content, and return their paths."""
    from stnctl.storage.file_sets import write_files

    missing = {path: data for path, data in files.items() if not _is_same(Path(path), data)}
    written: list[Path] = []
    for folder, paths in groupby(missing, key=lambda path: Path(path).parent):
        written += write_files(folder, {Path(path).name: missing[path] for path in paths})
    return list(map(str, written))
