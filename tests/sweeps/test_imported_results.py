"""Results of cells that were trained elsewhere."""

import json
from dataclasses import replace

import pytest

from stnctl.errors import InputError
from stnctl.sweeps.cell_results import CellResult
from stnctl.sweeps.folder import sweep_folder
from stnctl.sweeps.imported_results import (
    preferred,
    read_documents,
    read_imported,
    result_row,
    write_imported,
)

DONE = CellResult("x-s0", {}, 0, None, "finished", None, 2, 0.75, 0.875, 1234, 7.0, "ab",
                  {"rotation": {"slope": 0.5}})  # fmt: skip


def write(path, *cells):
    path.write_text(json.dumps({"cells": [result_row(cell) for cell in cells]}), encoding="utf-8")
    return path


def test_read_documents_has_the_cells_that_have_ended(tmp_path):
    cells = [
        replace(DONE, run=tmp_path),
        replace(DONE, fingerprint="cd", state="diverged"),
        replace(DONE, fingerprint="ef", state="running"),
        replace(DONE, fingerprint="gh", state="missing"),
    ]
    found = read_documents([write(tmp_path / "a.json", *cells)])
    assert found == {"ab": DONE, "cd": cells[1]}


def test_read_documents_takes_the_last_of_several_results(tmp_path):
    better = replace(DONE, test_accuracy=0.9)
    files = [write(tmp_path / "a.json", DONE), write(tmp_path / "b.json", better)]
    assert read_documents(files) == {"ab": better}
    assert read_documents([]) == {}


def test_read_documents_of_hostile_numbers(tmp_path):
    row = result_row(DONE) | {"epochs": -1, "test_accuracy": 3, "seconds": "x", "parameters": 2.5}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"cells": [row, 3, {"fingerprint": []}]}), encoding="utf-8")
    assert read_documents([path]) == {
        "ab": replace(DONE, epochs=None, test_accuracy=None, seconds=None, parameters=None)
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "a.json is not valid JSON"),
        ('{"groups": []}', "a.json does not have the results of a sweep"),
        ('{"cells": [{"cell": "x-s0"}]}', "a.json does not have the results of a sweep"),
    ],
)
def test_read_documents_rejects_other_files(text, message, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_documents([path])
    with pytest.raises(InputError, match=r"none\.json does not exist"):
        read_documents([tmp_path / "none.json"])


def test_imported_results_are_in_the_folder_of_the_sweep(tmp_path):
    folder = sweep_folder(tmp_path, "x")
    assert read_imported(folder) == {}
    folder.path.mkdir(parents=True)
    write_imported(folder, {"ab": DONE})
    assert read_imported(folder) == {"ab": DONE}


def test_preferred(tmp_path):
    """A run counts, unless it has not ended, or only the imported result has a test accuracy."""
    run = replace(DONE, cell="mine-s0", run=tmp_path, test_accuracy=0.5)
    imported = replace(DONE, cell="mine-s0")
    assert preferred(run, None) == preferred(run, DONE) == run
    assert preferred(replace(run, state="running"), DONE) == imported
    assert preferred(replace(run, state="failed", problem="no memory"), DONE) == imported
    unmeasured = replace(run, test_accuracy=None)
    assert preferred(unmeasured, DONE) == imported
    assert preferred(unmeasured, replace(DONE, test_accuracy=None)) == unmeasured
