import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.runs.naming import planned_name

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
