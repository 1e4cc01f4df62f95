import numpy as np
import pytest
from PIL import Image as PillowImage

from stnctl.data.image_files.color_profile import ColorProfile
from stnctl.data.image_files.image_io import CHANNELS, read_image
from stnctl.data.image_files.image_writer import encode_image
from stnctl.errors import UsageError
from tests.data.image_files.icc import rgb_profile
from tests.image_files import random_values


def save(path, image):
    image.save(path)
    return path


@pytest.mark.parametrize("suffix", [".png", ".tif", ".TIFF"])
@pytest.mark.parametrize("mode", CHANNELS)
def test_encode_image_roundtrip_with_pillow(tmp_path, mode, suffix):
    array = random_values(mode)
    image = read_image(save(tmp_path / "in.png", PillowImage.fromarray(array)))
    assert (image.mode, image.notes) == (mode, ())
    assert image.pixels.shape == (5, 7, CHANNELS[mode])
    assert (image.pixels.dtype, image.pixels.min(), image.pixels.max()) == (np.float32, 0, 1)
    (tmp_path / f"out{suffix}").write_bytes(encode_image(image.pixels, image.mode, suffix))
    with PillowImage.open(tmp_path / f"out{suffix}") as found:
        assert found.mode == mode
        np.testing.assert_array_equal(np.asarray(found), array)


@pytest.mark.parametrize(
    ("mode", "suffix", "read_as"),
    [
        ("L", ".bmp", "L"),
        ("L", ".pgm", "L"),
        ("L", ".webp", "RGB"),
        ("LA", ".webp", "RGBA"),
        ("RGB", ".bmp", "RGB"),
        ("RGB", ".ppm", "RGB"),
        ("RGB", ".webp", "RGB"),
        ("RGBA", ".webp", "RGBA"),
        ("I;16", ".pgm", "I;16"),
    ],
)
def test_encode_image_roundtrip(tmp_path, mode, suffix, read_as):
    pixels = read_image(
        save(tmp_path / "in.png", PillowImage.fromarray(random_values(mode)))
    ).pixels
    (tmp_path / "out").write_bytes(encode_image(pixels, mode, suffix))
    found = read_image(tmp_path / "out")
    assert found.mode == read_as
    colors = {"L": [0, 0, 0], "LA": [0, 0, 0, 1]}
    same = pixels if mode == read_as else pixels[..., colors[mode]]
    np.testing.assert_array_equal(found.pixels, same)


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_encode_image_random_jpeg_is_near(tmp_path, mode):
    smooth = np.linspace(0, 1, 32)[:, np.newaxis, np.newaxis] * np.ones((1, 32, CHANNELS[mode]))
    (tmp_path / "out.jpg").write_bytes(encode_image(smooth, mode, ".jpg"))
    found = read_image(tmp_path / "out.jpg")
    assert found.mode == mode
    np.testing.assert_allclose(found.pixels, smooth, atol=0.02)


def test_encode_image_clips_to_the_range():
    inside = encode_image(np.array([[[0.0], [1.0]]]), "L", ".png")
    assert encode_image(np.array([[[-0.1], [1.1]]]), "L", ".png") == inside


@pytest.mark.parametrize(
    ("mode", "suffix", "message", "hint"),
    [
        (
            "RGBA",
            ".jpg",
            ".jpg does not support RGBA pixels, only L or RGB",
            "use one of .png, .tif",
        ),
        ("LA", ".JPEG", ".JPEG does not support LA pixels", "use one of .png"),
        ("I;16", ".bmp", ".bmp does not support I;16 pixels", "use one of .png, .tif, .tiff, .pgm"),
        ("RGB", ".pgm", ".pgm does not support RGB pixels", ".ppm"),
        ("RGB", ".gif", "no image format '.gif', expected one of .png, .tif, .tiff, .webp", None),
        ("RGB", "", "no image format '', expected one of", None),
    ],
)
def test_encode_image_rejects(mode, suffix, message, hint):
    with pytest.raises(UsageError) as caught:
        encode_image(np.zeros((2, 2, CHANNELS[mode])), mode, suffix)
    assert message in str(caught.value)
    assert hint is None or hint in caught.value.hint


@pytest.mark.parametrize(
    ("width", "suffix", "reason"),
    [
        (16384, ".webp", "encoding error 5: .*"),
        (65501, ".jpg", "Maximum supported image dimension is 65500 pixels"),
    ],
)
def test_encode_image_rejects_size(width, suffix, reason, capfd):
    """libjpeg's own message is not printed."""
    with pytest.raises(
        UsageError, match=f"can't write {width}x1 pixels as {suffix}: {reason}$"
    ) as error:
        encode_image(np.zeros((1, width, 3)), "RGB", suffix)
    assert error.value.hint == "use .png"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("pixels", "mode", "message"),
    [
        (np.zeros((2, 2, 3)), "L", "got .2, 2, 3. L"),
        (np.zeros((2, 2)), "L", "got .2, 2. L"),
        (np.zeros((2, 2, 3)), "HSV", "HSV"),
        (np.full((2, 2, 1), np.nan), "L", "must be finite"),
        (np.zeros((2, 2, 1), "uint8"), "I;16", "16 bits must be floating, got uint8"),
    ],
)
def test_encode_image_rejects_pixels(pixels, mode, message):
    with pytest.raises(ValueError, match=message):
        encode_image(pixels, mode, ".png")


def test_encode_image_does_not_change_its_input():
    pixels = np.full((2, 2, 1), 0.25)
    encode_image(pixels, "L", ".png")
    assert (pixels == 0.25).all()


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_encode_image_of_levels(mode, suffix):
    """Levels give the file of their values."""
    levels = random_values(mode).reshape(5, 7, -1)
    values = levels / np.float32(255)
    assert encode_image(levels, mode, suffix) == encode_image(values, mode, suffix)


def test_encode_image_of_levels_converts_to_srgb():
    levels = random_values("RGB")
    profile = ColorProfile(rgb_profile(1.0), "RGB", "linear")
    found = encode_image(levels, "RGB", ".bmp", profile)
    assert found == encode_image(levels / np.float32(255), "RGB", ".bmp", profile)
    assert found != encode_image(levels, "RGB", ".bmp")
