"""Command `demo`. tests/test_wheel.py runs the real one."""

import json
import re

import pytest

from stnctl.config import shipped
from tests.cli.fork_server import fork_server
from tests.cli.in_process import outcome

TINY = """
data: {source: digits}
model:
  transformer: null
  classifier: {filters: [4], units: 8}
train: {epochs: 1, batch_size: 64, threads: 2}
"""
PATCH = "from pathlib import Path; from stnctl.config import shipped; shipped.FOLDER = Path('own')"


@pytest.mark.usefixtures("needs_keras")
def test_demo_runs_four_commands(tmp_path):
    (tmp_path / "own" / "configs").mkdir(parents=True)
    (tmp_path / "own" / "configs" / "demo.yaml").write_text(TINY, encoding="utf-8")
    done = fork_server().run(["demo", "--runs-dir", "my runs"], tmp_path, prelude=PATCH)
    assert done.returncode == 0, done.stderr
    [run] = [path for path in (tmp_path / "my runs").iterdir() if path.is_dir()]
    assert re.fullmatch(r"demo-\d{8}-\d{6}", run.name)
    commands = re.findall(r"^\$ stnctl (.*)$", done.stderr, re.MULTILINE)
    path = f"'my runs/{run.name}'"
    assert commands == [
        f"train demo --runs-dir 'my runs' --name {run.name}",
        f"eval {path}",
        f"inspect {path} --bad 9",
        "warp digit:3 --theta 0.7 -0.7 0 0.7 0.7 0 --output-size 224 224 --interpolation bicubic "
        f"--figure 'my runs/{run.name}/warp.png'",
    ]
    files = done.stdout.partition("\nfigures\n")[2].splitlines()
    names = {"eval/test.png", "inspect/test-bad-9/U.png", "warp.png"}
    assert {f"my runs/{run.name}/{name}" for name in names} <= {*files}
    assert all((tmp_path / file).is_file() for file in files)
    assert json.loads((run / "run.json").read_text())["argv"][0] == "demo"


def test_demo_stops_at_an_error(tmp_path, monkeypatch):
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "demo.yaml").write_text("seed: x", encoding="utf-8")
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    monkeypatch.chdir(tmp_path)
    code, stdout, problem = outcome("demo")
    assert (code, stdout) == (2, "")
    assert problem.startswith("shipped demo.yaml:1:1: seed: expected a whole number")
    assert not (tmp_path / "runs").exists()
