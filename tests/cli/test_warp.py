"""The real command; `tests.warping` tests the values of its options in detail."""

import json
import shlex
import subprocess

import numpy as np
import pytest
from PIL import Image
from skimage.transform import AffineTransform
from skimage.transform import warp as skimage_warp

from tests.cli.in_process import outcome
from tests.image_files import read

IDENTITY = ("--theta", "1", "0", "0", "0", "1", "0")
QUARTER = ("--theta", "0", "-1", "0", "1", "0", "0")


@pytest.fixture
def draw(tmp_path):
    def save(name="u.png", shape=(9, 9), dtype=np.uint8):
        high = np.iinfo(dtype).max
        values = np.random.default_rng(0).integers(0, high, shape, endpoint=True)
        image = Image.fromarray(values.astype(dtype))
        image.save(tmp_path / name)
        return np.asarray(image)

    return save


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("channels", [(), (4,)])
def test_warp_identity(stnctl, draw, channels):
    pixels = draw(shape=(7, 10, *channels))
    if channels == (4,):
        pixels = np.where(pixels[..., 3:] > 0, pixels, 0)
    done = stnctl("warp", "u.png", *IDENTITY)
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(read(stnctl.folder / "u-warped.png"), pixels)
    assert done.stdout.splitlines()[-1] == "u-warped.png"
    assert "The image stays as it is." in done.stdout
    assert "theta maps each pixel of V to a point of U" in done.stdout


def test_warp_identity_of_16_bits(tmp_path, monkeypatch, draw):
    monkeypatch.chdir(tmp_path)
    pixels = draw(dtype=np.uint16)
    assert outcome("warp", "u.png", *IDENTITY)[0] == 0
    np.testing.assert_array_equal(read(tmp_path / "u-warped.png"), pixels)


@pytest.mark.parametrize("how", [QUARTER, ("--rotate", "90")])
def test_warp_quarter_rotation(stnctl, draw, how):
    """theta maps the right of V to the bottom of U: the image rotates counterclockwise."""
    pixels = draw()
    done = stnctl("warp", "u.png", *how, "-o", "v.png")
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(read(stnctl.folder / "v.png"), np.rot90(pixels))
    assert "rotates 90.0° counterclockwise" in done.stdout
    assert "again  --theta 0 -1 0 1 0 0" in done.stdout


def test_warp_golden(stnctl, draw):
    """M of OpenCV's warpAffine, between pixels, from input to output; against scikit-image."""
    pixels = draw(shape=(21, 31, 3))
    entries = (0.8, -0.3, 4.5, 0.2, 0.9, -1.5)
    words = [str(number) for number in entries]
    options = ("--inverse", "--frame", "pixel", "--fill", "0.2")
    done = stnctl("warp", "u.png", "--theta", *words, *options, "-o", "v.png")
    assert done.returncode == 0, done.stderr
    matrix = AffineTransform(np.reshape([*entries, 0, 0, 1], (3, 3)))
    golden = skimage_warp(pixels / 255, matrix.inverse, order=1, mode="constant", cval=0.2)
    ours = read(stnctl.folder / "v.png")
    assert np.abs(ours - golden * 255).max() <= 0.5 + 1e-3


def test_warp_motion_of_a_wide_image(stnctl):
    """Shapes are kept, and the printed options give the same V."""
    pixels = np.zeros((40, 80), np.uint8)
    pixels[15:25, 35:45] = 255
    Image.fromarray(pixels).save(stnctl.folder / "u.png")
    motion = ("--scale", "2", "--rotate", "-90", "--shift", "0.125", "-5px")
    done = stnctl("warp", "u.png", *motion, "-o", "v.png", "--json")
    document = json.loads(done.stdout)
    assert document["effect"].endswith("moves 10.0 px right and 5.0 px up.")
    V = read(stnctl.folder / "v.png")
    inside = np.argwhere(V > 127)
    assert inside.min(axis=0).tolist() == [5, 40]
    assert inside.max(axis=0).tolist() == [24, 59]
    again = stnctl("warp", "u.png", *document["again"].split(), "-o", "w.png")
    assert again.returncode == 0, again.stderr
    np.testing.assert_array_equal(read(stnctl.folder / "w.png"), V)
    assert "the image is not square" in again.stderr


def test_warp_output_size_and_json(stnctl, draw):
    draw(shape=(10, 20))
    done = stnctl(
        "warp", "u.png", "--theta", "0.5 0 -.25; 0 0.5 0", "--output-size", "30", "40", "--json",
        "--no-align-corners", "--padding", "reflection", "--antialias",
    )  # fmt: skip
    document = json.loads(done.stdout)
    assert document["matrix"] == [[0.5, 0.0, -0.25], [0.0, 0.5, 0.0]]
    assert (document["input_size"], document["output_size"]) == ([10, 20], [30, 40])
    assert document["direction"] == "output to input"
    assert document["options"] == {
        "interpolation": "area",
        "padding": "reflection",
        "align_corners": False,
    }
    assert (document["figure"], document["animation"]) == (None, None)
    assert read(stnctl.folder / document["output"]).shape == (30, 40)


def test_warp_figure_animation_and_drawing_of_a_builtin(stnctl):
    points = ("--points", *["0.3", "0.3", "0", "0", "0", "0", "-0.3", "-0.3"])
    done = stnctl("warp", "checker", *points, "--figure", "f.png", "--animate", "a.gif", "--show")
    assert done.returncode == 0, done.stderr
    assert names(stnctl.folder) == ["a.gif", "f.png"]
    assert done.stdout.splitlines()[-2:] == ["f.png", "a.gif"]
    assert done.stdout.startswith("@@@@@    ")  # no terminal: shades without color
    assert "\x1b" not in done.stdout
    assert "The image is displaced by 13.5 px" in done.stdout


def test_warp_stdin_to_stdout(stnctl, draw):
    """A file in, a PNG out, and the report on stderr."""
    pixels = draw(shape=(5, 7, 3))
    done = subprocess.run(
        stnctl.line("warp", "-", "-o", "-", "--transform", "attention", "--theta", "-1", "0", "0"),
        input=(stnctl.folder / "u.png").read_bytes(),
        cwd=stnctl.folder,
        env=stnctl.environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (stnctl.folder / "v.png").write_bytes(done.stdout)
    np.testing.assert_array_equal(read(stnctl.folder / "v.png"), pixels[::-1, ::-1])
    assert b"The image rotates 180.0" in done.stderr


def test_warp_flow_of_the_output_size(tmp_path, monkeypatch, draw):
    monkeypatch.chdir(tmp_path)
    pixels = draw(shape=(2, 3))
    flow = "0 0 0 0 0 0  0 -2 0 -2 0 -2"
    code, *_ = outcome("warp", "u.png", "--transform", "flow", "--theta", flow, "-o", "v.png")
    assert code == 0
    np.testing.assert_array_equal(read(tmp_path / "v.png"), pixels[[0, 0]])


def test_warp_writes_png_for_formats_that_are_not_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(np.eye(5, dtype=np.uint8) * 255).save(tmp_path / "u.gif")
    code, stdout, _ = outcome("warp", "u.gif", *IDENTITY)
    assert (code, stdout.splitlines()[-1]) == (0, "u-warped.png")
    assert read(tmp_path / "u-warped.png").shape[:2] == (5, 5)


def test_warp_follows_a_link(tmp_path, monkeypatch, draw):
    monkeypatch.chdir(tmp_path)
    pixels = draw()
    (tmp_path / "there").mkdir()
    link = tmp_path / "v.png"
    link.symlink_to("there/v.png")
    code, stdout, _ = outcome("warp", "u.png", *IDENTITY, "-o", "v.png")
    assert (code, stdout.splitlines()[-1]) == (0, "v.png")
    assert link.is_symlink()
    np.testing.assert_array_equal(read(tmp_path / "there" / "v.png"), pixels)


def test_warp_rejects_closed_stdout(stnctl):
    line = shlex.join(stnctl.line("warp", "square", "--rotate", "3", "-o", "-"))
    done = subprocess.run(
        ["bash", "-c", f"{line} >&-"],
        env=stnctl.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr.splitlines()[0]) == (4, "error stdout is closed")


BEHIND = "1 0 0 0 1 0 -0.3 0"
"""Between pixels; the center of 9 x 9 pixels is behind the horizon."""


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("warp", "uu.png", *IDENTITY), 3, "did you mean u.png?"),
        (("warp", "t.png", *IDENTITY), 3, "t.png"),
        (("warp", "u.png", *IDENTITY, "--max-pixels", "80"), 3, "9x9 pixels, expected at most 80"),
        (("warp", "u.png", *IDENTITY, "-o", "no/v.png"), 4, "there is no folder no"),
        (("warp", "u.png", *IDENTITY, "--figure", "u.png"), 2, "u.png is the image itself"),
        (("warp", "u.png", *IDENTITY, "--output-size", "0", "4"), 2, "got '0 4'"),
        (("warp", "u.png", *IDENTITY, "--output-size", "5", "-o", "z.png"), 2, "H W, got 1: '5'"),
        (
            ("warp", "u.png", "--shear", "1", "-o", "z.png"),
            2,
            "--shear: expected two numbers, KX KY",
        ),
        (
            ("warp", "u.png", "--shift", "12", "-o", "z.png"),
            2,
            "--shift: expected two numbers, TX TY",
        ),
        (("warp", "u.png", "--theta", "-o", "z.png"), 2, "--theta: expected numbers, got '-o'"),
        (
            ("warp", "u.png", *IDENTITY, "--output-size", "9000", "9000"),
            2,
            "add --max-pixels 81000000",
        ),
        (("warp", "u.png", "--transform", "rigd", "--theta", "1"), 2, "did you mean rigid?"),
        (("warp", "u.png"), 2, "--theta"),
        (("warp", "u.png", "--frame", "pixel", "--theta", BEHIND), 2, "on or behind the horizon"),
    ],
)
def test_warp_rejects(tmp_path, monkeypatch, draw, args, code, message):
    monkeypatch.chdir(tmp_path)
    draw()
    (tmp_path / "t.png").write_text("not an image", encoding="utf-8")
    found, stdout, error = outcome(*args)
    assert (found, stdout) == (code, "")
    assert message in error
    assert names(tmp_path) == ["t.png", "u.png"]
