import numpy as np
import pytest

from stnctl.figures.raster import (
    CHECKER_DARK,
    CHECKER_LIGHT,
    FIRST,
    SECOND,
    over_checkerboard,
    resize_to_fit,
    to_gray_or_rgb,
    to_pillow,
)


def gray(*rows):
    return np.array(rows, float)[..., None]


@pytest.mark.parametrize("channels", [1, 3])
def test_to_gray_or_rgb_returns_gray_and_rgb_as_they_are(channels):
    image = np.random.default_rng(0).random((4, 5, channels))
    assert to_gray_or_rgb(image) is image


def test_to_gray_or_rgb_of_two_channels_preset():
    """Black, each channel, half of the first, and both, clipped to white."""
    image = np.array([[[0, 0], [1, 0], [0, 1], [0.5, 0], [1, 1]]], np.float32)
    expected = [(0, 0, 0), FIRST, SECOND, np.array(FIRST) / 2, (255, 255, 210)]
    np.testing.assert_allclose(255 * to_gray_or_rgb(image)[0], expected, atol=1e-3)


def test_to_gray_or_rgb_of_six_channels_adds_two_rgb_maps():
    """One of them, the other, and both, clipped."""
    first, second, none = [0.5, 0, 1], [0.25, 0.5, 0.5], [0, 0, 0]
    image = np.array([[first + none, none + second, first + second]])
    np.testing.assert_array_equal(to_gray_or_rgb(image), [[first, second, [0.75, 0.5, 1]]])


@pytest.mark.parametrize("channels", [4, 5, 7])
def test_to_gray_or_rgb_averages_other_numbers_of_channels(channels):
    image = np.random.default_rng(0).random((4, 5, channels))
    np.testing.assert_allclose(to_gray_or_rgb(image)[..., 0], image.mean(axis=-1))
    assert to_gray_or_rgb(image).shape == (4, 5, 1)


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")])
def test_to_pillow_random(channels, mode):
    image = np.random.default_rng(channels).random((3, 5, channels))
    raster = to_pillow(image)
    assert (raster.mode, raster.size) == (mode, (5, 3))
    np.testing.assert_array_equal(
        np.asarray(raster).reshape(3, 5, channels), np.rint(image * 255).astype(int)
    )


def test_to_pillow_preset():
    """Values are clipped, non-finite values are black, and the map is not changed."""
    image = gray([-1, 2, np.nan], [np.inf, -np.inf, 0.2])
    before = image.copy()
    np.testing.assert_array_equal(np.asarray(to_pillow(image)), [[0, 255, 0], [0, 0, 51]])
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 0), (3, 5, 5), (1, 3, 5, 1), (0, 5, 1)])
def test_to_pillow_rejects_shapes(shape):
    with pytest.raises(ValueError, match=r"needs shape \(H, W, C\) with C from 1 to 4, got"):
        to_pillow(np.zeros(shape))


@pytest.mark.parametrize(
    ("size", "limits", "expected"),
    [
        ((4, 2), (100, 100), (100, 50)),  # grows by 25
        ((3, 2), (100, 100), (99, 66)),  # by a whole factor
        ((3, 2), (5, 100), (3, 2)),
        ((200, 100), (50, 50), (50, 25)),
        ((200, 100), (150, 30), (60, 30)),
        ((1000, 2), (10, 10), (10, 1)),  # never thinner than a pixel
    ],
)
def test_resize_to_fit_keeps_the_aspect_ratio(size, limits, expected):
    columns, rows = size
    raster = to_pillow(np.zeros((rows, columns, 1)))
    assert resize_to_fit(raster, *limits).size == expected


def test_resize_to_fit_averages_areas():
    raster = resize_to_fit(to_pillow(gray([0, 0.4, 1, 1], [0.4, 0.8, 0, 0])), 2, 2)
    np.testing.assert_allclose(np.asarray(raster), [[0.4 * 255, 0.5 * 255]], atol=1)


def test_resize_to_fit_repeats_pixels():
    raster = resize_to_fit(to_pillow(gray([0, 1])), 5, 5)
    np.testing.assert_array_equal(np.asarray(raster), [[0, 0, 255, 255]] * 2)


def test_resize_to_fit_weights_colors_by_opacity():
    """Transparent pixels add no color."""
    clear_red, blue = (1, 0, 0, 0), (0, 0, 1, 1)
    raster = resize_to_fit(to_pillow(np.array([[clear_red, blue]], float)), 1, 1)
    np.testing.assert_allclose(np.asarray(raster)[0, 0], (0, 0, 255, 127), atol=1)


@pytest.mark.parametrize(("channels", "mode"), [(2, "L"), (4, "RGB")])
def test_over_checkerboard_preset(channels, mode):
    """Visible behind transparent pixels, half visible at half opacity, hidden by opaque pixels."""
    image = np.zeros((2, 6, channels))
    image[:, 2:4, -1], image[:, 4:, -1] = 0.5, 1.0
    raster = over_checkerboard(to_pillow(image), cell=1)
    assert raster.mode == mode
    shades = np.asarray(raster).reshape(2, 6, -1)[..., 0]
    light, dark = CHECKER_LIGHT, CHECKER_DARK
    np.testing.assert_array_equal(shades[:, :2], [[light, dark], [dark, light]])
    np.testing.assert_allclose(
        shades[:, 2:4], [[light / 2, dark / 2], [dark / 2, light / 2]], atol=1
    )
    assert (shades[:, 4:] == 0).all()


@pytest.mark.parametrize("channels", [1, 3])
def test_over_checkerboard_keeps_opaque_images(channels):
    raster = to_pillow(np.random.default_rng(0).random((3, 5, channels)))
    np.testing.assert_array_equal(np.asarray(over_checkerboard(raster)), np.asarray(raster))
