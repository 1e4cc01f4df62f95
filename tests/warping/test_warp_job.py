import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage

from stnctl.data.image_files.builtin_images import builtin_image
from stnctl.data.image_files.color_profile import ColorProfile
from stnctl.data.image_files.image_io import Image
from stnctl.errors import UsageError
from stnctl.geometry.tiled import warp_tiled
from stnctl.warping import image_warper, warp_job
from stnctl.warping.from_motion import Length, MotionSpec
from stnctl.warping.from_parameters import ParameterSpec
from stnctl.warping.outside import OUTSIDE_NOTE
from stnctl.warping.sampling_options import SamplingOptions
from stnctl.warping.theta_path import MapSizes
from stnctl.warping.warp_document import caption_lines
from stnctl.warping.warp_job import WarpJob, plan_warp
from tests.data.image_files.icc import rgb_profile

QUARTER = MotionSpec(rotate=90)


def make_job(image=None, output_size=None):
    image = image or builtin_image("digit:0")
    maps = MapSizes(image.pixels.shape[:2], output_size or image.pixels.shape[:2])
    return WarpJob(Path("u.png"), image, QUARTER.theta_path(maps), maps, SamplingOptions())


def opened(data):
    return PillowImage.open(io.BytesIO(data))


def test_plan_warp_preset():
    """From a notebook: V without a file, a console or a command line."""
    shares = []
    job = plan_warp(Path("digit:0"), QUARTER, SamplingOptions())
    V = job.output_map(shares.append)
    np.testing.assert_array_equal(V, np.rot90(builtin_image("digit:0").pixels))
    assert job.document["effect"] == "The image rotates 90.0° counterclockwise."
    assert shares[-1] == 1


def test_plan_warp_sizes():
    sampling = SamplingOptions(align_corners=False)
    job = plan_warp(Path("square"), QUARTER, sampling, output_size=(30, 40))
    assert job.maps == MapSizes((128, 128), (30, 40), align_corners=False)
    assert job.output_map().shape == (30, 40, 1)


def test_plan_warp_notes(tmp_path):
    """First of the image, then of theta."""
    PillowImage.new("CMYK", (4, 9)).save(tmp_path / "u.jpg")
    rotation = ParameterSpec("--theta", "affine", (0, -1, 0, 1, 0, 0))
    first, second = plan_warp(tmp_path / "u.jpg", rotation, SamplingOptions()).notes
    assert "CMYK" in first
    assert second.startswith("the image is not square")


def test_document_rejects_a_fill_of_other_channels():
    sampling = SamplingOptions(padding="value", fill=(0.1, 0.2, 0.3))
    with pytest.raises(UsageError, match="1 channel"):
        _ = plan_warp(Path("square"), QUARTER, sampling).document


def test_animation_starts_at_the_identity():
    """Tiny frames are enlarged by a whole factor."""
    shares = []
    movie = opened(make_job().animation(shares.append))
    first = np.asarray(movie.convert("L")).astype(int)
    assert first.shape == (240, 240)
    U = np.rint(builtin_image("digit:0").pixels[..., 0] * 255)
    assert np.abs(first[15::30, 15::30] - U).max() <= 1
    movie.seek(movie.n_frames // 2)
    last = np.asarray(movie.convert("L")).astype(int)
    assert np.abs(last[15::30, 15::30] - np.rot90(U)).max() <= 1
    assert (len(shares), shares[-1]) == (warp_job.NUM_FRAMES, 1)


def test_figure_and_drawing_share_one_warp(monkeypatch):
    calls = []
    monkeypatch.setattr(
        image_warper, "warp_tiled", lambda *a, **k: calls.append(a) or warp_tiled(*a, **k)
    )
    job = make_job()
    assert opened(job.figure()).format == "PNG"
    job.drawing(80, "ascii")
    assert len(calls) == 1


def test_figure_shows_the_true_sizes(monkeypatch):
    """The figure is made of smaller maps."""
    found = []
    monkeypatch.setattr(warp_job, "FIGURE_SIDE", 4)
    monkeypatch.setattr(
        "stnctl.figures.sampling_figure.sampling_figure",
        lambda U, V, *_, sizes, **__: found.append((U.shape[0], V.shape[0], sizes)) or b"",
    )
    make_job(output_size=(16, 9)).figure()
    assert found == [(4, 4, ((8, 8), (16, 9)))]


def test_drawing_fits_the_columns():
    wide = Image(np.zeros((4, 2000, 1), np.float32), "L", ())
    lines = make_job(wide).drawing(40, "24-bit").splitlines()
    assert {line.count("▀") for line in lines} == {38}


@pytest.mark.parametrize(("shift", "outside"), [(2, True), (0.5, False)])
def test_plan_warp_outside(shift, outside):
    """If all of V is outside U, a note, the report and the caption of the figure state it."""
    motion = MotionSpec(shift=(Length(shift), Length(shift)))
    job = plan_warp(Path("square"), motion, SamplingOptions())
    assert job.document["outside"] == outside
    assert [OUTSIDE_NOTE in text for text in job.notes] == [True] * outside
    assert (f"{OUTSIDE_NOTE}." in caption_lines(job.document)) == outside
    assert job.output_map().any() != outside


def test_outputs_for_screens_are_srgb():
    """V has the values of the image, in its color profile; figures and animations have sRGB."""
    profile = ColorProfile(rgb_profile(1.0), "RGB", "linear")
    pixels = np.full((20, 20, 3), 0.2, "float32")
    job = make_job(Image(pixels, "RGB", (), profile))
    assert job.document["color_profile"] == "linear"
    np.testing.assert_array_equal(job.output_map(), pixels)
    shown = round(255 * (1.055 * 0.2 ** (1 / 2.4) - 0.055))
    first = np.asarray(opened(job.animation()).convert("RGB"))
    np.testing.assert_allclose(first, shown, atol=2)
    figure = np.asarray(opened(job.figure()).convert("RGB")).reshape(-1, 3)
    values, counts = np.unique(figure[:, 0], return_counts=True)
    assert abs(int(values[np.argsort(counts)[-2:]].min()) - shown) <= 1
