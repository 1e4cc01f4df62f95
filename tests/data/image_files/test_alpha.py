import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.data.image_files.alpha import premultiply, unpremultiply

CHANNEL = st.integers(0, 255).map(lambda value: value / 255)


@pytest.mark.parametrize(
    ("pixel", "expected"),
    [((1, 0.5, 0.25, 0.5), (0.5, 0.25, 0.125, 0.5)), ((0.5, 0), (0, 0)), ((0.5, 1), (0.5, 1))],
)
def test_premultiply_preset(pixel, expected):
    np.testing.assert_array_equal(premultiply(np.array(pixel)), expected)


@given(st.tuples(CHANNEL, CHANNEL, CHANNEL, CHANNEL.filter(bool)))
def test_unpremultiply_roundtrip(pixel):
    np.testing.assert_allclose(unpremultiply(premultiply(np.array([pixel]))), [pixel], atol=1e-15)


@pytest.mark.parametrize("opacity", [0, -0.01, 1e-7, 5e-324])
def test_unpremultiply_gives_black_for_transparent_pixels(opacity):
    """Interpolation may overshoot below 0."""
    np.testing.assert_array_equal(unpremultiply(np.array([0.2, 0.3, 0.1, opacity]))[:3], 0)


def test_premultiply_does_not_change_its_input():
    pixels = np.full((2, 2, 4), 0.5)
    premultiply(pixels)
    unpremultiply(pixels)
    assert (pixels == 0.5).all()
