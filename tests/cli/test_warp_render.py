import json
from pathlib import Path

import pytest

from stnctl.cli import console
from stnctl.cli.warp_outputs import STDOUT, Outputs
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


@pytest.mark.parametrize(("style", "blocks"), [("24-bit", {32}), ("ascii", set())])
def test_render_draws_for_the_terminal(job, monkeypatch, capsys, style, blocks):
    """The drawing is as wide as the terminal at most, in the style of the stream."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(console, "drawing_style", lambda stream: style)
    render(job, Outputs(show=True))
    lines = capsys.readouterr().out.splitlines()
    assert {line.count("▀") for line in lines if "▀" in line} == blocks
    assert max(map(len, lines[:8])) <= 40 or style == "24-bit"


@pytest.mark.parametrize(
    ("outputs", "name"),
    [(Outputs(show=True), "out"), (Outputs(STDOUT, show=True), "err")],
)
def test_render_draws_in_the_style_of_its_stream(job, monkeypatch, capsysbinary, outputs, name):
    """If stdout carries V, the drawing is on stderr."""
    streams = []
    monkeypatch.setattr(console, "drawing_style", lambda stream: streams.append(stream) or "ascii")
    render(job, outputs)
    assert streams == [getattr(console, name)()]
