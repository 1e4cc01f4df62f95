import csv
import io
import json

import pytest

from tests.cli.in_process import outcome
from tests.image_files import size
from tests.sweeps.synthetic_sweep import SyntheticCell, write_sweep

RATE = "train.learning_rate"
ATTACK = '=HYPERLINK("x")\x1b[31m|<script>\u202e'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Write a sweep of two groups with two seeds each, and change into its folder."""
    monkeypatch.chdir(tmp_path)
    write_sweep(
        tmp_path / "runs",
        [
            SyntheticCell({RATE: rate}, seed, 0.5 + rate, test=0.8 + rate + seed / 100)
            for rate in (0.1, 0.125)
            for seed in (0, 1)
        ],
        name="rates",
    )
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_table():
    code, stdout, _ = outcome("table", "rates")
    assert code == 0
    assert stdout.splitlines()[0].startswith("sweep rates: 4 cells, 4 finished; interval of the ")
    [row] = [line for line in stdout.splitlines() if line.strip().startswith("0.125")]
    assert "62.50 ± 0.00     93.00 ± 0.71  86.65 to 99.35       +2.50" in row
    assert "0.5 (too few seeds)" in row
    assert "- best group by validation: learning_rate 0.125, 62.50 ± 0.00 %, of 2 cells" in stdout
    assert "- 2 pairs are too few to decide: p is at least 0.5" in stdout


@pytest.mark.usefixtures("folder")
def test_table_as_json():
    document = json.loads(outcome("table", "rates", "--json")[1])
    assert [group["group"] for group in document["groups"]] == [
        "learning_rate 0.1",
        "learning_rate 0.125",
    ]
    assert document["best"]["cell"] == "rates-learning_rate-0.125-s0"
    assert [cell["seed"] for cell in document["cells"]] == [0, 1, 0, 1]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("options", "rows"), [((), 2), (("--cells",), 4)])
def test_table_as_csv(options, rows):
    stdout = outcome("table", "rates", "--csv", *options)[1]
    found = list(csv.DictReader(io.StringIO(stdout), strict=True))
    assert [float(row[RATE]) for row in found[:1] + found[-1:]] == [0.1, 0.125]
    assert len(found) == rows
    assert all(None not in row and None not in row.values() for row in found)


@pytest.mark.usefixtures("folder")
def test_table_as_latex_and_markdown():
    latex = outcome("table", "rates", "--latex")[1]
    assert latex.splitlines()[4] == r"\midrule"
    assert r"0.1 & 2 & 60.00 $\pm$ 0.00 & 90.50 $\pm$ 0.71" in latex
    assert "% best cell by validation: " in latex
    markdown = outcome("table", "rates", "--markdown", "--cells")[1]
    assert r"| rates{-}learning".replace("{-}", "-") in markdown
    assert markdown.count("| finished |") == 4


def test_table_writes_a_figure(folder):
    code, stdout, _ = outcome("table", "rates", "-o", "a.png")
    assert (code, stdout.splitlines()[-1]) == (0, str(folder / "a.png"))
    assert min(size(folder / "a.png")) > 400
    code, stdout, error = outcome("table", "rates", "-o", "a.png")
    assert (code, stdout, "--force" in error) == (2, "", True)
    code, stdout, _ = outcome(
        "table", "rates", "-o", "a.png", "--force", "--figure", "slices", "--json"
    )
    assert (code, json.loads(stdout)["files"]) == (0, [str(folder / "a.png")])


@pytest.mark.parametrize("style", [(), ("--json",), ("--csv",), ("--markdown",), ("--latex",)])
@pytest.mark.parametrize("rows", [(), ("--cells",)])
def test_table_of_a_hostile_sweep(tmp_path, style, rows):
    """Its texts are escaped, in its values, its baseline and its problems."""
    runs_dir = tmp_path / "runs"
    cells = [SyntheticCell({"base": ATTACK}, 0, None, problem=ATTACK), SyntheticCell({}, 0)]
    write_sweep(runs_dir, cells, baseline={ATTACK: [ATTACK]})
    code, stdout, _ = outcome("table", "x", "--runs-dir", str(runs_dir), *style, *rows)
    assert code == 0
    assert not {"\x1b", "\u202e"} & set(stdout)
    if style == ("--csv",):
        assert "'=HYPERLINK" in stdout
    if style == ("--markdown",):
        assert "<script>" not in stdout


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("rate",), 3, "did you mean rates?"),
        (("../runs",), 3, "no sweep '../runs'"),
        (("rates", "--csv", "--latex"), 2, "--csv and --latex exclude each other"),
        (("rates", "-o", "x.pdf"), 2, "expected a .png file"),
        (("rates", "-o", "x.png", "--figure", "heat_map"), 2, "a heat map needs two keys"),
        (("rates", "-o", "x.png", "--figure", "heat"), 2, "did you mean heat_map?"),
        (("rates", "--figure", "curves"), 2, "--figure is for --output"),
    ],
)
def test_table_rejects(arguments, code, message):
    found, stdout, error = outcome("table", *arguments)
    assert (found, stdout) == (code, "")
    assert message in error


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema_version": 1, "name": "x"}', "\xff"])
def test_table_of_a_damaged_plan(folder, content):
    (folder / "runs" / "sweeps" / "rates" / "cells.json").write_bytes(content.encode("latin-1"))
    code, stdout, error = outcome("table", "rates")
    assert (code, stdout) == (3, "")
    assert "cells.json" in error
