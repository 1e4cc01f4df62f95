"""Commands `configs` and `schema`."""

import json
import re

import pytest

from stnctl.config import shipped
from stnctl.config.shipped import shipped_names
from tests.cli.in_process import outcome
from tests.docs.test_cli_page import ROOT


def test_configs_lists_the_shipped_configs():
    code, stdout, _ = outcome("configs", "--json")
    assert code == 0
    rows = {row["name"]: row for row in json.loads(stdout)["configs"]}
    assert list(rows) == shipped_names()
    assert rows["stn_rts"] == {
        "name": "stn_rts",
        "summary": "A spatial transformer on the set RTS: digits rotated, scaled and shifted, "
        "in 42x42",
        "minutes": 3,
        "test_accuracy": 0.983,
    }


def test_configs_prints_a_table():
    code, stdout, stderr = outcome("configs")
    assert code == 0
    rows = re.findall(r"^ (\w+) +(\d+|-) +([\d.]+|-)  (\S.*?) *$", stdout, re.MULTILINE)
    assert [row[0] for row in rows] == shipped_names()
    assert ("cnn", "3", "99.2", "A plain CNN, the baseline without a transformer") in rows
    assert "next  stnctl train stn_rts\n" in stderr


def test_configs_without_results(tmp_path, monkeypatch):
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "x.yaml").write_text("# A network.\n", encoding="utf-8")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    row = outcome("configs")[1].splitlines()[-2]
    assert row.split() == ["x", "-", "-", "A", "network"]


def test_configs_show_prints_the_file():
    code, stdout, _ = outcome("configs", "show", "stn_rts")
    assert code == 0
    assert stdout == (ROOT / "configs" / "stn_rts.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "stn_rst"), "no shipped configuration 'stn_rst', did you mean stn_rts?"),
        (("--json", "show", "stn"), "--json lists all configurations, and takes no command"),
    ],
)
def test_configs_rejects(arguments, message):
    code, stdout, problem = outcome("configs", *arguments)
    assert (code, stdout) == (2, "")
    assert message in problem


def test_schema_is_that_of_the_repository(stnctl):
    done = stnctl("schema")
    assert done.returncode == 0
    committed = ROOT / "schemas" / "stnctl.schema.json"
    assert json.loads(done.stdout) == json.loads(committed.read_text(encoding="utf-8"))
    assert done.stderr == ""
