import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.runs.directory import RunDirectory
from stnctl.runs.naming import planned_name, run_labels

NOW = datetime(2026, 11, 23, 10, 15, 2)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def test_planned_name_preset():
    assert planned_name("stn", NOW) == "stn-20261123-101502"


@pytest.mark.parametrize(
    ("stem", "clean"),
    [
        ("my stn (2)", "my-stn-2"),
        ("../../etc", "etc"),
        ("-rf", "rf"),
        ("", "run"),
        ("é", "run"),
        ("a" * 300, "a" * 40),
    ],
)
def test_planned_name_cleans(stem, clean):
    assert planned_name(stem, NOW) == f"{clean}-20261123-101502"


@given(st.text())
def test_planned_name_random(stem):
    assert NAME.fullmatch(planned_name(stem, NOW) + "-9999999")


def test_run_labels_are_names():
    assert run_labels([RunDirectory(Path(path)) for path in ("a/x", "b/y")]) == ["x", "y"]


def test_run_labels_of_equal_names_are_paths():
    paths = ["a/x", "b/x", "b/y"]
    assert run_labels([RunDirectory(Path(path)) for path in paths]) == paths
