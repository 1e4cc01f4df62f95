import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage.transform import AffineTransform
from skimage.transform import warp as skimage_warp

from stnctl.cli.warp import join_numbers, parse_theta
from stnctl.errors import UsageError
from tests.pictures import read

IDENTITY = ("--theta", "1", "0", "0", "0", "1", "0")
QUARTER = ("--theta", "0", "-1", "0", "1", "0", "0")


@pytest.fixture
def draw(tmp_path):
    def save(name="u.png", shape=(9, 9), dtype=np.uint8, mode=None):
        high = np.iinfo(dtype).max
        values = np.random.default_rng(0).integers(0, high, shape, endpoint=True)
        image = Image.fromarray(values.astype(dtype), mode)
        image.save(tmp_path / name)
        return np.asarray(image)

    return save


@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_warp_identity(stnctl, draw, channels):
    pixels = draw(shape=(7, 10, *channels))
    if channels == (4,):
        pixels = np.where(pixels[..., 3:] > 0, pixels, 0)
    done = stnctl("warp", "u.png", *IDENTITY)
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(read(stnctl.folder / "u-warped.png"), pixels)
    assert done.stdout.splitlines()[-1] == "u-warped.png"
    assert "The picture stays as it is." in done.stdout
    assert "output to input" in done.stdout


def test_warp_identity_of_16_bits(stnctl, draw):
    pixels = draw(dtype=np.uint16)
    assert stnctl("warp", "u.png", *IDENTITY).returncode == 0
    np.testing.assert_array_equal(read(stnctl.folder / "u-warped.png"), pixels)


def test_warp_palette_and_exif(stnctl, draw):
    rgb = Image.fromarray(draw(shape=(6, 8, 3)))
    rgb.quantize(16).save(stnctl.folder / "p.png")
    exif = Image.Exif()
    exif[0x0112] = 6
    rgb.save(stnctl.folder / "e.png", exif=exif)
    for name in ("p.png", "e.png"):
        assert stnctl("warp", name, *IDENTITY).returncode == 0
    palette = np.asarray(rgb.quantize(16).convert("RGB"))
    np.testing.assert_array_equal(read(stnctl.folder / "p-warped.png"), palette)
    turned = read(stnctl.folder / "e-warped.png")
    np.testing.assert_array_equal(turned, np.rot90(np.asarray(rgb), -1))


def test_warp_quarter_turn(stnctl, draw):
    """theta sends the right of V to the bottom of U: the picture turns counterclockwise."""
    pixels = draw()
    done = stnctl("warp", "u.png", *QUARTER, "-o", "v.png")
    assert done.returncode == 0, done.stderr
    np.testing.assert_array_equal(read(stnctl.folder / "v.png"), np.rot90(pixels))
    assert "turns 90.0° counterclockwise" in done.stdout


def test_warp_golden(stnctl, draw):
    """Against scikit-image, whose warp takes a map of output to input in pixels."""
    pixels = draw(shape=(21, 31, 3))
    theta = [0.8, -0.3, 0.1, 0.2, 0.9, -0.15]
    words = [str(number) for number in theta]
    assert stnctl("warp", "u.png", "--theta", *words, "-o", "v.png").returncode == 0
    to_pixels = np.array([[15, 0, 15], [0, 10, 10], [0, 0, 1.0]])
    matrix = to_pixels @ [theta[:3], theta[3:], [0, 0, 1]] @ np.linalg.inv(to_pixels)
    golden = skimage_warp(pixels / 255, AffineTransform(matrix), order=1, mode="constant")
    ours = read(stnctl.folder / "v.png")
    assert np.abs(ours - golden * 255).max() <= 0.5 + 1e-3


def test_warp_output_size_and_json(stnctl, draw):
    draw(shape=(10, 20))
    done = stnctl(
        "warp", "u.png", "--theta", "0.5 0 -.25; 0 0.5 0", "--output-size", "30", "40", "--json"
    )
    document = json.loads(done.stdout)
    assert document["matrix"] == [[0.5, 0.0, -0.25], [0.0, 0.5, 0.0]]
    assert document["input_size"] == [10, 20]
    assert document["output_size"] == [30, 40]
    assert document["direction"] == "output to input"
    assert read(stnctl.folder / document["output"]).shape == (30, 40)


@pytest.mark.parametrize(("name", "kind"), [("u.ppm", "PPM"), ("u", "PNG"), ("u.gif", "GIF")])
def test_warp_writes_png_where_the_kind_of_file_can_not_be_kept(stnctl, name, kind):
    Image.fromarray(np.eye(5, dtype=np.uint8) * 255).save(stnctl.folder / name, kind)
    done = stnctl("warp", name, *IDENTITY)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "u-warped.png"
    assert read(stnctl.folder / "u-warped.png").shape[:2] == (5, 5)


def test_warp_opacity_weights_colors(stnctl):
    """Halfway between opaque red and clear green is half clear red, not brown."""
    pixels = np.array([[[255, 0, 0, 255], [0, 255, 0, 0]]], np.uint8)
    Image.fromarray(pixels).save(stnctl.folder / "u.png")
    done = stnctl("warp", "u.png", *IDENTITY, "--output-size", "1", "3", "-o", "v.png")
    assert done.returncode == 0
    np.testing.assert_array_equal(read(stnctl.folder / "v.png")[0, 1], [255, 0, 0, 128])


@pytest.mark.parametrize(
    ("theta", "message"),
    [
        ("1 0 0", "got 3"),
        ("1 0 0 0 1 0 0", "got 7"),
        ("1 0 0 0 one 0", "six numbers"),
        ("1 0 0 0 nan 0", "within"),
        ("1 0 0 0 1e999 0", "within"),
        ("1_0 0 0 0 1 0", "six numbers"),
        ("", "got 0"),
    ],
)
def test_parse_theta_rejects(theta, message):
    with pytest.raises(UsageError, match=message):
        parse_theta(theta)


@given(st.lists(st.floats(-1e6, 1e6), min_size=6, max_size=6), st.sampled_from([" ", ",", "; "]))
def test_parse_theta_roundtrip(numbers, separator):
    np.testing.assert_array_equal(parse_theta(separator.join(map(repr, numbers))), numbers)


@pytest.mark.parametrize(
    ("args", "joined"),
    [
        (["--theta", "1", "-2", "x.png"], ["--theta", "1 -2", "x.png"]),
        (["--theta", "-.5", "1e-3", "-o", "3"], ["--theta", "-.5 1e-3", "-o", "3"]),
        (["--theta", "1 0", "0"], ["--theta", "1 0 0"]),
        (["--theta"], ["--theta"]),
        (["--theta=1", "0", "x.png"], ["--theta", "1 0", "x.png"]),
        (["5", "--json"], ["5", "--json"]),
    ],
)
def test_join_numbers_preset(args, joined):
    assert join_numbers(args, "--theta") == joined


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("warp", "no.png", *IDENTITY), 3, "did you mean u.png?"),
        (("warp", ".", *IDENTITY), 3, "folder"),
        (("warp", "t.png", *IDENTITY), 3, "t.png"),
        (("warp", "u.png", "--theta", "1", "2"), 2, "got 2"),
        (("warp", "u.png", *IDENTITY, "-o", "v.xyz"), 2, ".xyz"),
        (("warp", "u.png", *IDENTITY, "-o", "no/v.png"), 4, "no"),
        (("warp", "u.png", *IDENTITY, "-o", "u.png"), 2, "u.png is the image itself"),
        (("warp", "u.png", *IDENTITY, "-o", "."), 2, ". is a folder"),
        (("warp", "u.png", *IDENTITY, "--output-size", "0", "4"), 2, "got 0 4"),
        (("warp", "u.png", *IDENTITY, "--output-size", "16000", "16000"), 2, "at most"),
        (("warp", "u.png"), 2, "--theta"),
    ],
)
def test_warp_rejects(stnctl, draw, args, code, message):
    draw()
    (stnctl.folder / "t.png").write_text("not an image", encoding="utf-8")
    done = stnctl(*args)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert sorted(path.name for path in stnctl.folder.iterdir()) == ["t.png", "u.png"]
