import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from stnctl.cli import console
from stnctl.cli.warp_outputs import STDOUT, Outputs
from stnctl.cli.warp_render import render
from stnctl.data.image_files.color_profile import ColorProfile
from stnctl.data.image_files.image_io import Image
from stnctl.errors import UsageError
from stnctl.warping.from_motion import MotionSpec
from stnctl.warping.sampling_options import SamplingOptions
from stnctl.warping.warp_job import WarpJob, plan_warp
from tests.data.image_files.icc import rgb_profile


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


@pytest.mark.parametrize(("name", "kept"), [("v.png", True), ("v.bmp", False)])
def test_render_keeps_the_color_profile(job, capsys, name, kept):
    """Or converts V to sRGB; a note states which."""
    profile = ColorProfile(rgb_profile(1.0), "RGB", "linear")
    image = Image(np.full((8, 8, 3), 0.2, "float32"), "RGB", (), profile)
    render(replace(job, image=image), Outputs(Path(name)))
    assert "color profile" in capsys.readouterr().err
    with PillowImage.open(name) as V:
        assert (V.info.get("icc_profile") == profile.data) is kept
        assert abs(V.getpixel((4, 4))[0] - (51 if kept else 124)) <= 1  # 124 is sRGB of 0.2


def test_render_replaces_files_with_force_only(job):
    Path("v.png").write_bytes(b"precious")
    Path("v.png").chmod(0o600)
    with pytest.raises(UsageError, match=r"v\.png exists already"):
        render(job, Outputs(Path("v.png"), figure=Path("f.png")))
    assert names() == ["v.png"]
    render(job, Outputs(Path("v.png"), force=True))
    with PillowImage.open("v.png") as V:
        assert V.size == (8, 8)
    assert Path("v.png").stat().st_mode & 0o777 == 0o600


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
