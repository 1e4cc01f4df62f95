"""Results of cells that were trained elsewhere, from the JSON documents of ``stnctl table``.

The folder of the sweep keeps them in ``imported.json``, so that each command shows them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from stnctl.errors import InputError
from stnctl.runs.alignment_record import known_parts
from stnctl.runs.summary_files import count, number, share
from stnctl.storage.atomic import atomic_write
from stnctl.storage.json_files import json_bytes, parse_json
from stnctl.storage.regular_file import read_regular_file
from stnctl.sweeps.cell_results import CellResult
from stnctl.sweeps.folder import SweepFolder
from stnctl.sweeps.planning import ENDED

Imported = dict[str, CellResult]
"""Fingerprint of a configuration -> the result of the cell that has it."""

_MAX_BYTES = 2**25


def read_documents(paths: Iterable[Path]) -> Imported:
    """Return the results of the cells in files of ``stnctl table --json`` that have ended.

    The last of several results of one configuration counts.

    Args:
        paths: The files.

    Raises:
        InputError: If a file is missing, or is no such document.
        EnvironmentFault: If there is no permission to read it.
    """
    return {mark: cell for path in paths for mark, cell in _read(path).items()}


def read_imported(folder: SweepFolder) -> Imported:
    """Return the imported results in the folder of a sweep; {} without any.

    Raises:
        InputError: If their file is damaged.
        EnvironmentFault: If there is no permission to read it.
    """
    return _read(folder.imported) if folder.imported.exists() else {}


def write_imported(folder: SweepFolder, results: Imported) -> None:
    """Write imported results to the folder of a sweep, which must exist.

    Raises:
        EnvironmentFault: If the file can't be written.
    """
    cells = [result_row(cell) for cell in results.values()]
    atomic_write(folder.imported, json_bytes({"cells": cells}))


def result_row(cell: CellResult) -> dict[str, Any]:
    """Return a result as plain data, as in the documents of ``stnctl table``."""
    return {**vars(cell), "values": dict(cell.values), "run": cell.run and str(cell.run)}


def preferred(own: CellResult, imported: CellResult | None) -> CellResult:
    """Return the result of a cell: that of its own run, or an imported one.

    The own one counts if it has ended, unless only the imported one has a test accuracy.

    Args:
        own: The result of the run of the cell.
        imported: The imported result with the configuration of the cell; None without one.
    """
    if imported is None:
        return own
    adds_test = own.test_accuracy is None and imported.test_accuracy is not None
    if own.state in ENDED and not adds_test:
        return own
    return replace(imported, cell=own.cell, values=own.values, seed=own.seed)


def _read(path: Path) -> Imported:
    document = parse_json(read_regular_file(path, _MAX_BYTES), str(path))
    match document:
        case {"cells": [*rows]}:
            cells = [_cell(row) for row in rows if isinstance(row, dict) and "fingerprint" in row]
            if cells or not rows:
                return {cell.fingerprint: cell for cell in cells if cell is not None}
    raise InputError(
        f"{path} does not have the results of a sweep",
        hint="write such a file with `stnctl table NAME --json > FILE`, with this version",
    )


def _cell(row: Mapping[str, Any]) -> CellResult | None:
    """Return the result of a cell that has ended, and None for any other value."""
    match row:
        case {
            "cell": str(cell),
            "values": dict(values),
            "seed": int(seed),
            "state": "finished" | "diverged" as state,
            "fingerprint": str(mark),
        }:
            return CellResult(
                cell,
                values,
                seed,
                state=state,
                epochs=count(row.get("epochs")),
                validation_accuracy=share(row.get("validation_accuracy")),
                test_accuracy=share(row.get("test_accuracy")),
                parameters=count(row.get("parameters")),
                seconds=number(row.get("seconds")),
                fingerprint=mark,
                alignment=known_parts(row.get("alignment")),
            )
    return None
