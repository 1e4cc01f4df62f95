import numpy as np
import pytest

from stnctl.figures.raster import FIRST, SECOND, in_color


@pytest.mark.parametrize("channels", [1, 3])
def test_in_color_keeps_gray_and_rgb(channels):
    image = np.random.default_rng(0).random((4, 5, channels))
    assert in_color(image) is image


def test_in_color_of_two_channels_preset():
    """Black, each channel, half of the first, and both, which are cut to white."""
    image = np.array([[[0, 0], [1, 0], [0, 1], [0.5, 0], [1, 1]]], np.float32)
    expected = [(0, 0, 0), FIRST, SECOND, np.array(FIRST) / 2, (255, 255, 210)]
    np.testing.assert_allclose(255 * in_color(image)[0], expected, atol=1e-3)


def test_in_color_of_six_channels_adds_two_rgb_maps():
    """One of them, the other, and both, which are cut."""
    first, second, none = [0.5, 0, 1], [0.25, 0.5, 0.5], [0, 0, 0]
    image = np.array([[first + none, none + second, first + second]])
    np.testing.assert_array_equal(in_color(image), [[first, second, [0.75, 0.5, 1]]])


@pytest.mark.parametrize("channels", [4, 5, 7])
def test_in_color_of_other_numbers_of_channels_is_their_mean(channels):
    image = np.random.default_rng(0).random((4, 5, channels))
    np.testing.assert_allclose(in_color(image)[..., 0], image.mean(axis=-1))
    assert in_color(image).shape == (4, 5, 1)
