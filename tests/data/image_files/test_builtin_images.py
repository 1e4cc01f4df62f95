import numpy as np
import pytest
from PIL import Image

from stnctl.data.image_files import builtin_images
from stnctl.data.image_files.builtin_images import SIDE, builtin_image, sample_files
from stnctl.data.sources.digits import stored_digits
from stnctl.errors import InputError


def test_builtin_image_preset_square():
    """The square of the article: side 40, at (60, 60) of 128 pixels."""
    image = builtin_image("square")
    assert (image.mode, image.pixels.shape) == ("L", (SIDE, SIDE, 1))
    assert image.pixels.sum() == 40 * 40
    assert image.pixels[60, 60] == image.pixels[99, 99] == 1


def test_builtin_image_preset_checker():
    pixels = builtin_image("checker").pixels[..., 0]
    np.testing.assert_array_equal(pixels[:16, :16], 1)
    np.testing.assert_array_equal(pixels[:16, 16:32], 0)
    np.testing.assert_array_equal(pixels[16:32, 16:32], 1)
    assert pixels.mean() == 0.5


@pytest.mark.parametrize("number", [0, 1796])
def test_builtin_image_preset_digit(number):
    images, labels = stored_digits()
    image = builtin_image(f"digit:{number}")
    np.testing.assert_array_equal(image.pixels[..., 0] * 16, images[number])
    assert image.notes == (f"digit {number} of the embedded set shows a {labels[number]}",)


def test_builtin_image_preset_picture():
    """They are smaller copies of the samples of scikit-image."""
    assert builtin_image("coffee").pixels.shape == (160, 240, 3)
    large = Image.open(sample_files()["coffee"]).convert("RGB")
    small = np.asarray(large.resize((240, 160), Image.Resampling.BOX)) / 255
    assert np.abs(builtin_image("coffee").pixels - small).mean() < 0.02
    horse = builtin_image("horse").pixels
    assert horse.shape[:2] == (164, 200)
    assert 0.1 < (horse.mean(axis=-1) < 0.5).mean() < 0.6


def test_builtin_image_preset_sample():
    assert builtin_image("camera").pixels.shape == (512, 512, 1)
    assert {"astronaut", "camera"} <= set(sample_files())


def test_builtin_image_preset_alias():
    """Also by the name of scikit-image's function."""
    np.testing.assert_array_equal(builtin_image("cat").pixels, builtin_image("chelsea").pixels)


def test_builtin_image_rejects_large_samples():
    with pytest.raises(InputError, match=r"camera.png is 512x512 pixels, expected at most 100"):
        builtin_image("camera", max_pixels=100)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("digit:1797", "digit:1797: expected a number from 0 to 1,796"),
        (
            "digit:x",
            r"expected a path or one of square, checker, horse, coffee, digit:N, .*digit:N\?",
        ),
        ("sqare", r"does not exist, expected a path or one of .*horse.*, did you mean square\?"),
        ("cofee", r"did you mean coffee\?"),
        ("no/square", "image no/square does not exist$"),
        ("square.png", "image square.png does not exist$"),
    ],
)
def test_builtin_image_rejects(tmp_path, monkeypatch, name, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        builtin_image(name)


def test_builtin_image_rejects_samples_without_scikit_image(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(builtin_images, "find_spec", lambda name: None)
    assert sample_files() == {}
    with pytest.raises(InputError, match=r"checker, horse, coffee, digit:N$") as caught:
        builtin_image("camera")
    assert "come with scikit-image" in caught.value.hint
