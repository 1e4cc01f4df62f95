import io

import numpy as np
import pytest
from PIL import Image as PillowImage

from stnctl.cli import warp_render
from stnctl.cli.warp_outputs import STDOUT, Outputs
from stnctl.cli.warp_render import Renderer
from stnctl.data.image_files.builtin_images import builtin_image
from stnctl.data.image_files.image_io import Image
from stnctl.warping import image_warper
from stnctl.warping.from_motion import MotionSpec
from stnctl.warping.image_warper import ImageWarper
from stnctl.warping.sampling_options import SamplingOptions
from stnctl.warping.theta_path import MapSizes


def renderer(image=None, output_size=None):
    image = image or builtin_image("digit:0")
    maps = MapSizes(image.pixels.shape[:2], output_size or image.pixels.shape[:2])
    goal = MotionSpec(rotate=90).goal(maps)
    return Renderer(ImageWarper(image, goal.transform, SamplingOptions()), goal, maps)


def opened(data):
    return PillowImage.open(io.BytesIO(data))


def test_files_preset(tmp_path):
    outputs = Outputs(STDOUT, tmp_path / "f.png", tmp_path / "a.gif")
    files = dict(renderer().files(outputs, STDOUT, "A title.", ["a word"]))
    assert list(files) == [STDOUT, tmp_path / "f.png", tmp_path / "a.gif"]
    assert [opened(data).format for data in files.values()] == ["PNG", "PNG", "GIF"]
    assert not any(tmp_path.iterdir())
    turned = np.rot90(builtin_image("digit:0").pixels[..., 0])
    np.testing.assert_array_equal(opened(files[STDOUT]), np.rint(turned * 255))


def test_files_preset_animation_starts_at_the_identity(tmp_path):
    """Tiny frames are enlarged by a whole factor."""
    outputs = Outputs(animate=tmp_path / "a.gif")
    ((_, data),) = renderer().files(outputs, None, "", [])
    movie = opened(data)
    first = np.asarray(movie.convert("L")).astype(int)
    assert first.shape == (240, 240)
    U = np.rint(builtin_image("digit:0").pixels[..., 0] * 255)
    assert np.abs(first[15::30, 15::30] - U).max() <= 1
    movie.seek(movie.n_frames // 2)
    last = np.asarray(movie.convert("L")).astype(int)
    assert np.abs(last[15::30, 15::30] - np.rot90(U)).max() <= 1


def test_files_preset_shows_the_drawn(monkeypatch, tmp_path):
    """The figure and the drawing are made of one warp."""
    calls = []
    warp_tiled = image_warper.warp_tiled
    monkeypatch.setattr(
        image_warper, "warp_tiled", lambda *a, **k: calls.append(a) or warp_tiled(*a, **k)
    )
    made = renderer()
    list(made.files(Outputs(figure=tmp_path / "f.png", show=True), None, "", []))
    made.drawing()
    assert len(calls) == 1


def test_files_preset_figure_names_the_true_sizes(monkeypatch, tmp_path):
    """The figure is made of smaller maps."""
    named = []
    monkeypatch.setattr(warp_render, "FIGURE_SIDE", 4)
    monkeypatch.setattr(
        "stnctl.figures.sampling_figure.sampling_png",
        lambda U, V, *_, sizes, **__: named.append((U.shape[0], V.shape[0], sizes)) or b"",
    )
    list(renderer(output_size=(16, 9)).files(Outputs(figure=tmp_path / "f.png"), None, "", []))
    assert named == [(4, 4, ((8, 8), (16, 9)))]


@pytest.mark.parametrize(("size", "shape"), [((8, 8), (24, 98)), ((16, 8), (24, 74))])
def test_drawing_preset(monkeypatch, size, shape):
    """U and V side by side, two pixels a character; both enlarged by whole factors."""
    monkeypatch.setenv("COLUMNS", "120")
    lines = renderer(output_size=size).drawing().splitlines()
    blocks = [line.count("▀") + 2 for line in lines]
    assert (len(lines), max(blocks)) == shape


def test_drawing_fits_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    wide = Image(np.zeros((4, 2000, 1), np.float32), "L", ())
    lines = renderer(wide).drawing().splitlines()
    assert {line.count("▀") for line in lines} == {38}
