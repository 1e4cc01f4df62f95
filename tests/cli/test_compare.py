import csv
import io
import json

import pytest

from stnctl.runs.provenance import read_record
from stnctl.storage.json_files import write_json
from tests.cli.in_process import outcome
from tests.image_files import size
from tests.reports.synthetic_run import write_run
from tests.sweeps.synthetic_sweep import SyntheticCell, write_sweep

STN = "model: {transformer: {transform: affine}}\n"
ATTACK = '=HYPERLINK("x")\x1b[31m|<script>\u202e'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Write two seeds of two networks, without weights, and change into their folder."""
    monkeypatch.chdir(tmp_path)
    for name, test, config in (("cnn", 0.9, ""), ("stn", 0.95, STN)):
        for seed in (1, 2):
            run = tmp_path / "runs" / f"{name}-s{seed}"
            write_run(run, seed=seed, test=test + seed / 100, config=config)
    return tmp_path


@pytest.fixture
def undrawn(monkeypatch):
    """Replace the figure, to save time."""
    monkeypatch.setattr("stnctl.reports.comparison_report.comparison_png", lambda _: b"figure")


@pytest.fixture
def hostile(folder):
    """Write hostile texts and numbers into a run."""
    run = write_run(folder / "runs" / "x", accuracies=(1e300, "a", None, 10**400, [1]))
    record = read_record(run)
    data = record["data"] | {"source": ATTACK.replace("\x1b", "")}
    write_json(run.run, {**record, "data": data, "network": {"parameters": ATTACK}})
    run.times.write_text('{"step": 10, "seconds": "1"}\n{"step": 20, "seconds": -1e308}\n')
    return run


def test_compare_prints_tables_and_writes_the_curves(folder):
    code, stdout, _ = outcome("compare", "cnn-s1", "cnn-s2", "stn-s1", "stn-s2")
    assert code == 0
    assert "4 runs" in stdout
    assert "test accuracy of the groups of runs that differ only in the seed" in stdout
    assert "- 2 pairs are too few to decide: p is at least 0.5" in stdout
    files = stdout.splitlines()[-2:]
    assert [file.rpartition(".")[2] for file in files] == ["json", "png"]
    assert all(file.startswith("runs/cnn-s1/eval/compare-with-cnn-s2-stn-s1-") for file in files)
    assert min(size(folder / files[1])) > 400


@pytest.mark.usefixtures("undrawn")
def test_compare_as_json(folder):
    code, stdout, _ = outcome("compare", "cnn-s1", "stn-s1", "--json")
    assert code == 0
    document = json.loads(stdout)
    assert [row["test_accuracy"] for row in document["runs"]] == pytest.approx([0.91, 0.96])
    written, _ = document.pop("files")
    assert json.loads((folder / written).read_text()) == document


@pytest.mark.usefixtures("folder", "undrawn")
def test_compare_as_csv():
    code, stdout, _ = outcome("compare", "cnn-s1", "stn-s1", "--csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(stdout)))
    assert [row["run"] for row in rows] == ["cnn-s1", "stn-s1"]
    assert [float(row["seconds_per_epoch"]) for row in rows] == [3.5, 3.5]


@pytest.mark.usefixtures("folder", "undrawn")
def test_compare_as_markdown():
    code, stdout, _ = outcome("compare", "cnn-s1", "stn-s1", "--markdown")
    assert code == 0
    table, _ = (part for part in stdout.split("\n\n") if part.startswith("|"))
    widths = {line.count("|") for line in table.splitlines()}
    assert len(widths) == 1
    assert "| cnn-s1 | digits |" in table


@pytest.mark.usefixtures("folder", "undrawn")
def test_compare_as_latex():
    code, stdout, stderr = outcome("compare", "cnn-s1", "cnn-s2", "stn-s1", "stn-s2", "--latex")
    assert code == 0
    assert stdout.count(r"\begin{tabular}") == stdout.count(r"\end{tabular}") == 4
    assert stdout.splitlines()[-1].startswith("% 2 pairs are too few to decide: ")
    assert "file  runs/" in stderr


@pytest.mark.usefixtures("undrawn")
def test_compare_writes_to_an_output_file(folder):
    arguments = ("compare", "cnn-s1", "stn-s1", "-o", "curves.png")
    assert outcome(*arguments)[1].splitlines()[-1].endswith("curves.png")
    assert (folder / "curves.png").read_bytes() == b"figure"
    assert not list((folder / "runs").glob("*/eval/compare*"))
    code, _, error = outcome(*arguments)
    assert (code, "--force" in error) == (2, True)
    assert outcome(*arguments, "--force")[0] == 0


def test_compare_of_a_run_draws_its_history(folder):
    """Also of a run of an earlier version, which has none."""
    code, stdout, _ = outcome("compare", "stn-s1")
    assert (code, stdout.splitlines()[-1]) == (0, "runs/stn-s1/history.png")
    assert min(size(folder / "runs" / "stn-s1" / "history.png")) > 900
    assert outcome("compare", "stn-s1", "-o", "h.png")[1].endswith("h.png\n")


@pytest.mark.usefixtures("undrawn")
def test_compare_notes_missing_results(folder):
    (folder / "runs" / "stn-s1" / "eval" / "test.json").unlink()
    code, stdout, _ = outcome("compare", "cnn-s1", "stn-s1")
    assert code == 0
    [row] = [line for line in stdout.splitlines() if line.strip().startswith("stn-s1")]
    assert row.split()[-2:] == ["-", "-"]


def test_compare_draws_a_hostile_run(folder, hostile):
    assert outcome("compare", "cnn-s1", hostile.name, "-o", "x.png")[0] == 0
    assert min(size(folder / "x.png")) > 400


@pytest.mark.usefixtures("folder", "undrawn")
@pytest.mark.parametrize("style", [(), ("--json",), ("--csv",), ("--markdown",), ("--latex",)])
def test_compare_of_a_hostile_run(hostile, style):
    """Its texts are escaped, and wrong numbers are unknown."""
    code, stdout, _ = outcome("compare", "cnn-s1", hostile.name, *style)
    assert code == 0
    assert not {"\x1b", "\u202e"} & set(stdout)
    if style == ("--csv",):
        row = list(csv.DictReader(io.StringIO(stdout)))[1]
        assert row["data"].startswith("'=HYPERLINK")
        assert (row["parameters"], row["validation_accuracy"]) == ("", "")
    if style == ("--markdown",):
        assert r"\|\<script\>" in stdout
    if style == ("--json",):
        assert json.loads(stdout)["runs"][1]["seconds_per_epoch"] is None


@pytest.fixture
def models(folder):
    """Write a sweep of three models with two seeds each."""
    networks = ("article", "compact", "speedrun")
    write_sweep(
        folder / "runs",
        [
            SyntheticCell({"model.classifier.network": name}, seed, 0.5, test=0.9 + n / 100)
            for n, name in enumerate(networks)
            for seed in (0, 1)
        ],
        name="models",
        baseline={"model.classifier.network": "compact"},
    )


@pytest.mark.usefixtures("models")
def test_compare_a_sweep(folder):
    """Both metrics have a table against the baseline of the sweep. No file is written."""
    before = set(folder.rglob("*"))
    code, stdout, _ = outcome("compare", "--sweep", "models")
    assert (code, set(folder.rglob("*"))) == (0, before)
    assert "validation accuracy of the groups of sweep models: 6 cells, 6 finished" in stdout
    _, table = stdout.split("test accuracy of the groups")
    [row] = [line for line in table.splitlines() if line.strip().startswith("article")]
    assert row.split() == [
        "article", "2", "0.9000", "0.0000", "0.9000", "to", "0.9000", "-0.0100", "2", "0.5", "1",
        "(too", "few", "seeds)",
    ]  # fmt: skip
    assert "2 pairs are too few to decide in 2 comparisons" in stdout


@pytest.mark.usefixtures("models")
def test_compare_a_sweep_writes_its_curves(folder):
    code, stdout, _ = outcome("compare", "--sweep", "models", "-o", "c.png", "--json")
    assert (code, json.loads(stdout)["files"]) == (0, [str(folder / "c.png")])
    assert min(size(folder / "c.png")) > 400


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("style", ["--csv", "--markdown", "--latex"])
def test_compare_a_sweep_in_other_formats(style):
    code, stdout, _ = outcome("compare", "--sweep", "models", style)
    assert code == 0
    if style == "--csv":
        rows = list(csv.DictReader(io.StringIO(stdout)))
        assert [row["test_accuracy"] for row in rows[::2]] == ["0.9", "0.91", "0.92"]
    else:
        assert stdout.count({"--markdown": "**", "--latex": r"\toprule"}[style]) >= 2


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("cnn-s1", "cnn-s1"), 2, "named twice"),
        (("cnn-s3",), 3, "did you mean cnn-s"),
        (("cnn-s1", "--json", "--csv"), 2, "--json and --csv exclude each other"),
        (("cnn-s1", "--data", "digits"), 2, "--data is for --measure"),
        (("cnn-s1", "-o", "x.pdf"), 2, "expected a .png file"),
        (("cnn-s1", "-o", "no/x.png"), 4, "there is no folder no"),
        ((), 2, "no run to compare"),
        (("cnn-s1", "--sweep", "x"), 2, "--sweep names all runs"),
        (("--sweep", "x"), 3, "no sweep 'x'"),
    ],
)
def test_compare_rejects(arguments, code, message):
    found, stdout, error = outcome("compare", *arguments)
    assert (found, stdout) == (code, "")
    assert message in error


def test_compare_measure_needs_a_checkpoint(folder):
    """The weights of the run are gone: nothing is printed or written."""
    (folder / "runs" / "stn-s1" / "eval" / "test.json").unlink()
    code, stdout, error = outcome("compare", "cnn-s1", "stn-s1", "--measure")
    assert (code, stdout) == (3, "")
    assert "stn-s1" in error
