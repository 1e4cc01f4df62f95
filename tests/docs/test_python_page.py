"""Tests of docs/python.md: its code runs, in order, and its names are the public ones."""

import json
import re
import shutil
import subprocess
import sys

import pytest

import stnctl
from tests.docs.test_cli_page import ROOT
from tests.no_keras import skip_if_blocked

TEXT = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
FROZEN_RUN = ROOT / "tests" / "frozen" / "0.1.0" / "run"

CHILD = """
import json, sys
from pathlib import Path

names = {"__name__": "page"}
for number, block in enumerate(json.loads(Path("blocks.json").read_text(encoding="utf-8"))):
    exec(compile(block, f"docs/python.md, block {number}", "exec"), names)

import numpy as np

shapes = {name: list(np.shape(names[name])) for name in ("rotated", "tensor", "logits")}
inner = {name: list(array.shape) for name, array in names["inner"].items()}
histories = (names[name].history["loss"] for name in ("history", "inner_history", "own_history"))
losses = sum(histories, [])
images = names["images"][:9] / 255.0
saved, loaded = (np.asarray(names[name](images)) for name in ("model", "loaded"))
Path("report.json").write_text(json.dumps({
    "shapes": shapes,
    "inner": inner,
    "own_layer": [list(tensor.shape[1:]) for tensor in names["transformer"].output],
    "losses": losses,
    "equal": bool(np.allclose(saved, loaded, atol=1e-5)),
}), encoding="utf-8")
"""


def run_child(code, folder):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The report of a child process that runs all blocks in one namespace, with a finished run."""
    skip_if_blocked()
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(FROZEN_RUN, folder / "runs" / "demo")
    (folder / "blocks.json").write_text(json.dumps(BLOCKS), encoding="utf-8")
    printed = run_child(CHILD, folder)
    return json.loads((folder / "report.json").read_text(encoding="utf-8")) | {"printed": printed}


def test_page_code_runs(page):
    assert page["shapes"] == {
        "rotated": [2, 14, 14, 1],
        "tensor": [2, 28, 28, 1],
        "logits": [9, 10],
    }
    assert all(0 < loss < 10 for loss in page["losses"])
    assert len(page["losses"]) == 4


def test_page_shows_the_results_of_a_run(page):
    inner = {"U": [9, 30, 30, 1], "theta": [9, 6], "V": [9, 30, 30, 1], "grid": [9, 30, 30, 2]}
    assert page["inner"] == inner
    assert "affine after " in page["printed"]


def test_page_builds_the_network_of_a_config(page):
    assert page["own_layer"] == [[26, 26, 8], [26, 26, 2]]


def test_page_loads_a_saved_model(page):
    assert page["equal"]


def test_page_names_the_public_names():
    table = re.findall(r"^\| `stnctl\.(\w+)` \|", TEXT, re.MULTILINE)
    assert set(table) == set(stnctl._PUBLIC)
    for name in table:
        assert any(f"stnctl.{name}(" in block for block in BLOCKS), name


def test_import_loads_nothing_heavy(tmp_path):
    code = "import json, sys, stnctl; print(json.dumps(sorted(sys.modules)))"
    loaded = {name.split(".")[0] for name in json.loads(run_child(code, tmp_path))}
    assert loaded & {"keras", "tensorflow", "jax", "torch", "numpy", "matplotlib"} == set()
