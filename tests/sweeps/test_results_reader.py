import pytest

from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from stnctl.storage.json_files import write_json
from stnctl.sweeps.cell_results import CellResult
from stnctl.sweeps.folder import read_plan, sweep_folder
from stnctl.sweeps.results_reader import read_results
from tests.sweeps.synthetic_sweep import SyntheticCell, write_sweep

RATE = "train.learning_rate"


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a sweep, changes its files, and reads its results."""

    def write_and_read(*cells, change=lambda _folder: None):
        folder = write_sweep(tmp_path, cells)
        change(folder)
        return read_results(folder, read_plan(folder), tmp_path)

    return write_and_read


def test_read_results(read, tmp_path):
    found = read(
        SyntheticCell({RATE: 0.1}, 3, 0.75, test=0.875), SyntheticCell({RATE: 0.2}, 3, 0.5)
    )
    marks = [run.fingerprint for run in read_plan(sweep_folder(tmp_path, "x")).runs]
    assert found == [
        CellResult(
            "x-learning_rate-0.1-s3", {RATE: 0.1}, 3, tmp_path / "x-learning_rate-0.1-s3",
            "finished", None, 2, 0.75, 0.875, 1234, 7.0, marks[0],
        ),
        CellResult(
            "x-learning_rate-0.2-s3", {RATE: 0.2}, 3, tmp_path / "x-learning_rate-0.2-s3",
            "finished", None, 2, 0.5, None, 1234, 7.0, marks[1],
        ),
    ]  # fmt: skip


def test_read_results_has_the_states(read):
    cells = read(
        SyntheticCell({}, 0),
        SyntheticCell({}, 1, end="diverged"),
        SyntheticCell({}, 2, end="start"),
        SyntheticCell({}, 3, None),
        SyntheticCell({}, 4, None, problem="out of memory"),
        SyntheticCell({}, 5, end="start", problem="killed"),
        SyntheticCell({}, 6, problem="an old problem"),
    )
    assert [(cell.state, cell.problem) for cell in cells] == [
        ("finished", None),
        ("diverged", None),
        ("interrupted", None),
        ("missing", None),
        ("failed", "out of memory"),
        ("failed", "killed"),
        ("finished", None),
    ]
    assert cells[3].run is None


def test_read_results_finds_a_run_by_its_configuration(read, tmp_path):
    """A renamed run is that of its cell; another run with the name of the cell is not."""

    def swap(_folder):
        first, second = tmp_path / "x-s0", tmp_path / "x-s1"
        first.rename(tmp_path / "mine")
        second.rename(first)

    cells = read(SyntheticCell({}, 0, 0.25), SyntheticCell({}, 1, 0.75), change=swap)
    assert [cell.run.name for cell in cells] == ["mine", "x-s0"]
    assert [cell.validation_accuracy for cell in cells] == [0.25, 0.75]


@pytest.mark.parametrize("file", ["checkpoints/best.json", "times.jsonl"])
def test_read_results_of_a_damaged_run(read, tmp_path, file):
    """It is one failed cell, and the others are read."""
    damaged, good = read(
        SyntheticCell({}, 0),
        SyntheticCell({}, 1),
        change=lambda _: (tmp_path / "x-s0" / file).write_bytes(b"\xff{\n"),
    )
    assert (damaged.state, good.state) == ("failed", "finished")
    assert file.rpartition("/")[2] in damaged.problem


@pytest.mark.parametrize("accuracy", ["1", 2, -1, None, True, [0.5]])
def test_read_results_of_hostile_numbers(read, tmp_path, accuracy):
    """They are unknown ones."""

    def change(_folder):
        run = tmp_path / "x-s0"
        report = {"checkpoint": "best", "epoch": 2, "data_sha256": "ab" * 32}
        (run / "eval").mkdir()
        write_json(run / "eval" / "test.json", report | {"error_percent": [accuracy]})

    [cell] = read(SyntheticCell({}, 0, accuracy if accuracy is not None else "x"), change=change)
    assert (cell.validation_accuracy, cell.test_accuracy) == (None, None)
    assert cell.state == "finished"


def test_read_results_without_the_record_of_the_configuration(read, tmp_path):
    """The fingerprint of an old or edited run is that of its config.yaml."""
    [cell] = read(SyntheticCell({}, 7))
    assert "config" not in read_record(RunDirectory(cell.run))
    assert cell.run == tmp_path / "x-s7"


def test_read_results_follows_no_link(read, tmp_path):
    """A run that is a link to another folder is not read, and a file that is a link neither."""
    outside = tmp_path.parent / "outside"

    def link(_folder):
        (tmp_path / "x-s0").rename(outside)
        (tmp_path / "x-s0").symlink_to(outside)
        times = tmp_path / "x-s1" / "times.jsonl"
        times.rename(tmp_path / "times.jsonl")
        times.symlink_to(tmp_path / "times.jsonl")

    moved, linked = read(SyntheticCell({}, 0), SyntheticCell({}, 1), change=link)
    assert (moved.state, moved.run) == ("missing", None)
    assert (linked.state, linked.epochs) == ("failed", None)
