import json
from pathlib import Path

import pytest

from stnctl.cli.warp_outputs import Outputs
from stnctl.cli.warp_render import render
from stnctl.errors import UsageError
from stnctl.warping.from_motion import MotionSpec
from stnctl.warping.sampling_options import SamplingOptions
from stnctl.warping.warp_job import WarpJob, plan_warp


@pytest.fixture
def job(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return plan_warp(Path("digit:0"), MotionSpec(rotate=90), SamplingOptions())


def names():
    return sorted(str(path) for path in Path().iterdir())


def test_render_preset(job, capsys):
    render(job, Outputs(Path("v.png"), Path("f.png"), Path("a.gif")))
    assert names() == ["a.gif", "f.png", "v.png"]
    out, err = capsys.readouterr()
    assert out.splitlines()[-3:] == ["v.png", "f.png", "a.gif"]
    assert err == "note  digit 0 of the embedded set shows a 0\n"


def test_render_json_names_the_files(job, capsys):
    render(job, Outputs(figure=Path("f.png"), json=True))
    document = json.loads(capsys.readouterr().out)
    written = {key: document[key] for key in ("output", "figure", "animation")}
    assert written == {"output": None, "figure": "f.png", "animation": None}


def test_render_writes_nothing_if_an_output_fails(job, monkeypatch):
    def fail(*_):
        raise UsageError("no animation")

    monkeypatch.setattr(WarpJob, "animation", fail)
    with pytest.raises(UsageError, match="no animation"):
        render(job, Outputs(Path("v.png"), animate=Path("a.gif")))
    assert names() == []


def test_render_draws_for_the_terminal(job, monkeypatch, capsys):
    """The drawing is as wide as the terminal at most."""
    monkeypatch.setenv("COLUMNS", "40")
    render(job, Outputs(show=True))
    lines = [line for line in capsys.readouterr().out.splitlines() if "▀" in line]
    assert {line.count("▀") for line in lines} == {32}
