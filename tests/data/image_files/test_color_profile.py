import io
import zlib

import numpy as np
import pytest
from PIL import Image as PillowImage

from stnctl.data.image_files.color_profile import ColorProfile, read_profile
from stnctl.data.image_files.image_io import CHANNELS, read_image
from stnctl.data.image_files.image_writer import encode_image
from tests.data.image_files.icc import cmyk_profile, gray_profile, rgb_profile
from tests.image_files import png, random_values

LINEAR = ColorProfile(rgb_profile(1.0), "RGB", "test RGB")


def srgb(linear):
    """The transfer function of sRGB (IEC 61966-2-1)."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("opacity", [False, True])
def test_to_srgb_preset(opacity):
    """Linear light with the primaries of sRGB."""
    pixels = np.random.default_rng(0).uniform(-0.1, 1.1, (8, 9, 3 + opacity)).astype("float32")
    found = LINEAR.to_srgb(pixels)
    rounded = np.rint(np.clip(pixels[..., :3], 0, 1) * 255) / 255
    np.testing.assert_allclose(found[..., :3], srgb(rounded), atol=1.5 / 255)
    np.testing.assert_array_equal(found[..., 3:], pixels[..., 3:])
    assert found.dtype == np.float32


@pytest.mark.parametrize("opacity", [False, True])
def test_to_srgb_preset_gray(opacity):
    """Gray stays gray."""
    pixels = np.random.default_rng(0).uniform(0, 1, (8, 9, 1 + opacity))
    found = ColorProfile(gray_profile(1.0), "GRAY", "").to_srgb(pixels)
    bright = pixels[..., 0] > 0.05  # between two levels of the steep start
    np.testing.assert_allclose(found[bright, 0], srgb(pixels[bright, 0]), atol=2 / 255)
    np.testing.assert_array_equal(found[..., 1:], pixels[..., 1:])


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp", ".jpg", ".bmp", ".ppm", ".pgm"])
@pytest.mark.parametrize("mode", CHANNELS)
def test_encode_image_keeps_the_profile(tmp_path, mode, suffix):
    """Or converts the pixels to sRGB, if the format can't hold the profile."""
    modes = {".webp": 4, ".jpg": 2, ".bmp": 2}
    allowed = {".ppm": ["RGB"], ".pgm": ["L", "I;16"]}.get(suffix, list(CHANNELS))
    if suffix in modes:
        allowed = ["L", "RGB", "LA", "RGBA"][: modes[suffix]]
    if mode not in allowed:
        return
    data = rgb_profile(1.0) if mode.startswith("RGB") else gray_profile(1.0)
    array = random_values(mode)
    PillowImage.fromarray(array).save(tmp_path / "u.png", icc_profile=data)
    image = read_image(tmp_path / "u.png")
    assert (image.profile.data, image.profile.name, image.notes) == (data, image.profile.name, ())
    assert image.profile.name == ("test RGB" if mode.startswith("RGB") else "test gray")
    with PillowImage.open(
        io.BytesIO(encode_image(image.pixels, mode, suffix, image.profile))
    ) as found:
        kept = suffix in (".png", ".tif", ".jpg") or (suffix == ".webp" and "RGB" in mode)
        assert (found.info.get("icc_profile") == data) is kept
        if kept and suffix != ".jpg":
            np.testing.assert_array_equal(np.asarray(found), array)
        elif not kept:
            expected = image.profile.to_srgb(image.pixels)
            scale = 65535 if mode == "I;16" else 255
            values = np.asarray(found).reshape(5, 7, -1)[..., : CHANNELS[mode] - ("A" in mode)]
            shown = values / scale
            np.testing.assert_allclose(shown, expected[..., : shown.shape[-1]], atol=1 / 255)


def test_read_profile_of_cmyk(tmp_path):
    """It is converted by the profile, in which no ink is black and black ink white."""
    image = PillowImage.new("CMYK", (2, 1))
    image.putpixel((1, 0), (0, 0, 0, 255))
    image.save(tmp_path / "u.tif", icc_profile=cmyk_profile())
    found = read_image(tmp_path / "u.tif")
    assert found.notes == ("CMYK converted to sRGB by its color profile, test CMYK",)
    assert (found.mode, found.profile) == ("RGB", None)
    np.testing.assert_allclose(found.pixels, [[[0, 0, 0], [1, 1, 1]]], atol=0.01)


@pytest.mark.parametrize(
    ("mode", "data", "note"),
    [
        ("L", rgb_profile(1.0), "its color profile is for RGB pixels and ignored"),
        ("RGB", gray_profile(1.0), "its color profile is for GRAY pixels and ignored"),
        ("RGB", cmyk_profile(), "its color profile is for CMYK pixels and ignored"),
        ("RGB", b"not a profile", "its color profile is damaged and ignored"),
        ("RGB", rgb_profile(1.0)[:200], "its color profile is damaged and ignored"),
        ("RGB", b"", None),
    ],
)
def test_read_profile_notes(mode, data, note):
    image = PillowImage.new(mode, (1, 1))
    image.info["icc_profile"] = data
    assert read_profile(image, mode) == (None, note)


@pytest.mark.parametrize(
    ("chunks", "ignored"),
    [
        ({}, False),
        ({b"gAMA": (45455).to_bytes(4)}, False),
        ({b"gAMA": (100000).to_bytes(4)}, True),
        ({b"gAMA": (100000).to_bytes(4), b"sRGB": b"\0"}, False),
        ({b"cHRM": b"".join(n.to_bytes(4) for n in (31270, 32900, 68000, 32000) * 2)}, True),
    ],
)
def test_read_profile_notes_gamma(tmp_path, chunks, ignored):
    (tmp_path / "u.png").write_bytes(png(1, 1, color=0, rows=b"\0\0", chunks=chunks))
    note = "its gamma and primaries, which are not those of sRGB, are ignored"
    assert read_image(tmp_path / "u.png").notes == ((note,) if ignored else ())


def test_read_profile_of_gray_samples(tmp_path):
    """16 bits with opacity, which Pillow reads as RGBA, and floating values."""
    data = gray_profile(1.0)
    chunk = b"name\0\0" + zlib.compress(data)
    rows = b"\0" + bytes(4)
    (tmp_path / "u.png").write_bytes(
        png(1, 1, depth=16, color=4, rows=rows, chunks={b"iCCP": chunk})
    )
    PillowImage.fromarray(np.zeros((1, 1), "float32")).save(tmp_path / "u.tif", icc_profile=data)
    for name in ("u.png", "u.tif"):
        assert read_image(tmp_path / name).profile.data == data
