import json

import pytest

from stnctl.cli.app import app
from stnctl.reports.explorer.explorer_page import MAX_BYTES, MAX_RUN_BYTES
from tests.cli.in_process import outcome
from tests.reports.pages import Page


def test_explore_writes_a_page_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "explorer.html"
    assert outcome("explore") == (0, f"{path}\n", "")
    content = path.read_bytes()
    assert len(content) <= MAX_BYTES
    ids = {attributes.get("id") for _, attributes in Page(content).elements}
    assert {"transforms", "explorer-data"} <= ids
    assert "recognition" not in ids
    code, stdout, error = outcome("explore")
    assert (code, stdout) == (2, "")
    assert "explorer.html exists already" in error


def test_explore_writes_the_page_of_a_run_into_it(project, in_project):
    for _ in range(2):
        done = in_project("explore", "stn", "--json")
        assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["run"], document["files"]) == ("stn", ["runs/stn/explorer.html"])
    content = (project / "runs" / "stn" / "explorer.html").read_bytes()
    assert document["bytes"] == len(content) <= MAX_RUN_BYTES
    assert "recognition" in {attributes.get("id") for _, attributes in Page(content).elements}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("-o", "x.pdf"), 2, "--output: expected a .html file, got x.pdf"),
        (("-o", "no/x.html"), 4, "there is no folder no"),
        (("nothing",), 3, "no run 'nothing'"),
    ],
)
def test_explore_rejects(project, monkeypatch, arguments, code, message):
    monkeypatch.chdir(project)
    found, stdout, error = outcome("explore", *arguments)
    assert (found, stdout) == (code, "")
    assert message in error


@pytest.mark.parametrize(
    ("option", "has_browser", "calls", "note"),
    [
        ("--open", True, 1, ""),
        ("--open", False, 1, "no browser was found"),
        ("--no-open", True, 0, ""),
    ],
)
def test_a_terminal_opens_the_page(tmp_path, monkeypatch, capsys, option, has_browser, calls, note):
    opened = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or has_browser)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(SystemExit, match="0"):
        app(["explore", option])
    assert opened == [(tmp_path / "explorer.html").as_uri()] * calls
    assert note in capsys.readouterr().err


def test_no_terminal_opens_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("webbrowser.open", lambda url: pytest.fail(url))
    assert outcome("explore")[0] == 0
