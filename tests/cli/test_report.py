import json

import pytest

from tests.reports.pages import Page


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
    ],
)
def test_report_rejects(in_project, arguments, code, message):
    done = in_project("report", *arguments)
    assert done.returncode == code
    assert message in done.stderr
