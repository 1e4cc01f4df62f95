import json

import pytest

from tests.cli.in_process import outcome
from tests.reports.pages import Page
from tests.sweeps.synthetic_sweep import SyntheticCell, write_sweep


def test_report_writes_one_page_into_the_run(project, in_project):
    done = in_project("report", "stn", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["files"] == ["runs/stn/report.html"]
    content = (project / "runs" / "stn" / "report.html").read_bytes()
    assert len(content) < 5e6
    page = Page(content)
    [run] = document["runs"]
    assert f"{100 * run['accuracy']:.2f} %" in page.text
    assert len(page.all("svg")) >= 2
    assert len(page.all("img")) == 3
    metrics = json.loads(in_project("eval", "stn", "--json").stdout)
    assert (run["accuracy"], run["loss"]) == (metrics["accuracy"], metrics["loss"])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("stn", "-o", "x.pdf"), 2, "--output: expected a .html file, got x.pdf"),
        (("stn", "-o", "no/x.html"), 4, "there is no folder no"),
        (("stn", "stn"), 2, "is named twice"),
        (("nothing",), 3, "no run 'nothing'"),
        ((), 2, "no run to report"),
        (("--sweep", "x"), 3, "no sweep 'x'"),
    ],
)
def test_report_rejects(project, monkeypatch, arguments, code, message):
    monkeypatch.chdir(project)
    found, stdout, error = outcome("report", *arguments)
    assert (found, stdout) == (code, "")
    assert message in error


def test_report_of_a_sweep(tmp_path, monkeypatch):
    """It loads no run, and replaces its own page in the folder of the sweep."""
    monkeypatch.chdir(tmp_path)
    cells = [SyntheticCell({"train.epochs": n}, 0, n / 10, test=0.5) for n in (1, 2)]
    write_sweep(tmp_path / "runs", cells, name="epochs")
    for _ in range(2):
        code, stdout, _ = outcome("report", "--sweep", "epochs")
        assert (code, stdout) == (0, "runs/sweeps/epochs/report.html\n")
    page = Page((tmp_path / stdout.strip()).read_bytes())
    assert "sweep epochs: 2 cells, 2 finished" in page.text
    assert len(page.all("svg")) == 1
    document = json.loads(outcome("report", "--sweep", "epochs", "--json")[1])
    assert (document["sweep"], document["runs"]) == ("epochs", [])
