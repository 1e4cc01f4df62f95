"""Preparation of images of users. The expected places come from SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from stnctl.config.data_section import DataConfig
from stnctl.data.image_files.image_io import Image
from stnctl.data.image_files.preparation import (
    color_values,
    gray_values,
    prepare_digit,
    prepare_whole,
)
from stnctl.data.sources.dataset_loader import load_dataset
from stnctl.errors import InputError

SIZE = (28, 28)


def image(pixels, mode="L"):
    stored = np.asarray(pixels)
    return Image(stored[..., None] if stored.ndim == 2 else stored, mode, ())


def page(rows, columns, *, paper=230, ink=20, size=(120, 90)):
    """Return a gray page with a bar of ink in the given rows and columns."""
    pixels = np.full(size, paper, np.uint8)
    pixels[rows, columns] = ink
    return image(pixels)


def prepared(source):
    return prepare_digit(source, SIZE, "image x.png")[..., 0]


@given(
    st.integers(5, 50), st.integers(5, 40), st.integers(8, 60), st.integers(8, 40),
    st.sampled_from([(230, 20), (10, 240), (128, 60)]),
)  # fmt: skip
def test_a_digit_is_white_scaled_and_centered(top, left, height, width, levels):
    paper, ink = levels
    rows, columns = slice(top, top + height), slice(left, left + width)
    found = prepared(page(rows, columns, paper=paper, ink=ink))
    assert found.dtype == np.float32
    assert found.shape == SIZE
    assert (found.min(), found.max()) == (0, pytest.approx(1, abs=1e-5))
    ink_rows, ink_columns = (np.flatnonzero((found > 0.5).any(axis=axis)) for axis in (1, 0))
    sides = len(ink_rows), len(ink_columns)
    assert max(sides) == 20
    assert min(sides) == pytest.approx(20 * min(height, width) / max(height, width), abs=1)
    np.testing.assert_allclose(ndimage.center_of_mass(found), (13.5, 13.5), atol=0.51)


def test_an_uneven_digit_is_centered_by_its_mass():
    pixels = np.zeros((60, 60), np.uint8)
    pixels[10:50, 10:20] = 255
    pixels[40:50, 20:50] = 255
    np.testing.assert_allclose(
        ndimage.center_of_mass(prepared(image(pixels))), (13.5, 13.5), atol=0.51
    )


def test_a_digit_of_the_data_stays_similar():
    """The embedded digits are prepared already, so a second preparation changes little."""
    digits = load_dataset(DataConfig(source="digits")).test.images[:20]
    for digit in digits:
        again = prepare_digit(image(digit, "L"), digit.shape[:2], "x")[..., 0]
        correlation = np.corrcoef(again.ravel(), digit[..., 0].ravel() / 255)[0, 1]
        assert correlation > 0.5


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_page_is_no_digit(level):
    with pytest.raises(InputError, match=r"image x\.png shows no digit: all pixels are nearly"):
        prepared(image(np.full((40, 40), level, np.uint8)))


def test_a_tiny_image_is_prepared():
    assert prepared(image(np.array([[0, 255, 0], [0, 0, 0]], np.uint8))).max() > 0.5
    with pytest.raises(InputError):
        prepared(image(np.array([[7]], np.uint8)))


def test_gray_values_of_colors():
    pixels = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    np.testing.assert_allclose(
        gray_values(image(pixels, "RGB"))[0], [0.299, 0.587, 0.114, 1], atol=1e-6
    )


@pytest.mark.parametrize(("ink", "background"), [(0, 1.0), (255, 0.0)])
def test_transparent_pixels_contrast_with_the_ink(ink, background):
    pixels = np.zeros((4, 4, 2), np.uint8)
    pixels[1:3, 1:3] = ink, 255
    gray = gray_values(image(pixels, "LA"))
    assert gray[0, 0] == background
    assert gray[1, 1] == ink / 255


def test_color_values():
    pixels = np.zeros((1, 2, 4), np.uint8)
    pixels[0, 0] = 255, 51, 0, 255
    pixels[0, 1] = 255, 51, 0, 0
    np.testing.assert_allclose(
        color_values(image(pixels, "RGBA")), [[[1, 0.2, 0], [0, 0, 0]]], atol=1e-6
    )
    gray = color_values(image(np.full((1, 1), 51, np.uint8)))
    np.testing.assert_allclose(gray, np.full((1, 1, 3), 0.2), atol=1e-6)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_whole_image_keeps_its_ratio(channels):
    whole = prepare_whole(image(np.full((40, 80), 255, np.uint8)), (20, 20), channels)
    assert whole.shape == (20, 20, channels)
    assert (whole[5:15] == 1).all()
    assert not whole[:5].any()
    assert not whole[15:].any()


def test_an_image_of_the_size_stays_as_it_is():
    pixels = np.random.default_rng(1).integers(0, 256, (20, 30), np.uint8)
    found = prepare_whole(image(pixels), (20, 30), 1)[..., 0]
    np.testing.assert_allclose(found, pixels / 255, atol=1e-6)
