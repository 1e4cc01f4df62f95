"""Figures are the same under any configuration of matplotlib, and leave it as it is."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stnctl.figures.isolation import block_matplotlib

RC = """
text.usetex: True
text.latex.preamble: \\input{/etc/hostname}
backend: module://no_such_backend
axes.formatter.use_locale: True
figure.facecolor: red
font.size: 30
savefig.dpi: 30
no colon
"""

CHILD = """
import hashlib, json, os, sys

opened = []
sys.addaudithook(lambda event, arguments: event == "open" and opened.append(str(arguments[0])))
from stnctl.figures.isolation import block_matplotlib

block_matplotlib()
try:
    import matplotlib.pyplot
except ImportError:
    before = dict(os.environ)
    from tests.figures.test_isolation import draw

    figures = hashlib.sha256(draw()).hexdigest()
    print(json.dumps([figures, opened, os.getcwd(), dict(os.environ) == before]))
"""


def draw():
    from stnctl.figures.curve import Curve, curves_png

    curve = Curve("_$a$", [3.0, 2.0, 4.0], (0.0, 1.0))
    return curves_png([0.0, 1.0, 2.0], [curve], name="rotation", unit="degrees", title="$x_1$")


@pytest.fixture(scope="module")
def expected():
    return draw()


def program(path, mark):
    """Make a program that leaves a mark."""
    path.write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    path.chmod(0o755)


def test_figures_under_a_hostile_configuration(tmp_path, expected):
    """No program starts; no file and no variable of the user is read, not even a pipe."""
    mark, home = tmp_path / "started", tmp_path / "home"
    for folder in ("cwd", "bin", "home/stylelib"):
        (tmp_path / folder).mkdir(parents=True)
    os.mkfifo(tmp_path / "cwd" / "matplotlibrc")  # a reader would wait
    for path in ("rc", "home/matplotlibrc", "home/stylelib/a.mplstyle"):
        (tmp_path / path).write_text(RC, encoding="utf-8")
    for name in ("latex", "dvipng", "fc-list"):
        program(tmp_path / "bin" / name, mark)
    variables = {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MATPLOTLIBRC": str(tmp_path / "rc"),
        "MPLCONFIGDIR": str(home),
        "XDG_CONFIG_HOME": str(home),
        "FREETYPE_PROPERTIES": "truetype:interpreter-version=35",
        "PATH": str(tmp_path / "bin"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        cwd=tmp_path / "cwd",
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    figures, opened, folder, same_variables = json.loads(done.stdout)
    assert figures == hashlib.sha256(expected).hexdigest()
    assert [path for path in opened if "matplotlibrc" in path and "mpl-data" not in path] == []
    assert [path for path in opened if str(tmp_path) in path] == []
    assert (folder, same_variables) == (str(tmp_path / "cwd"), True)
    assert not mark.exists()


def test_figures_leave_matplotlib_of_a_notebook_as_it_is(expected):
    """A notebook has its own parameters and backend; figures do not depend on them."""
    import matplotlib as mpl

    own = {"text.usetex": True, "font.size": 30, "savefig.dpi": 30, "backend": "svg"}
    with mpl.rc_context():
        mpl.rcParams.update(own)
        before = mpl.rcParams.copy()
        assert draw() == expected
        assert mpl.rcParams == before
        assert mpl.rcParams["backend"] == "svg"


def test_block_matplotlib_keeps_a_loaded_one():
    import matplotlib as mpl

    block_matplotlib()
    assert sys.modules["matplotlib"] is mpl
