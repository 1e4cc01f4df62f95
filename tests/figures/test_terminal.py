import re
from typing import Any

import numpy as np
import pytest

from stnctl.figures.terminal import RESET, UPPER_HALF, half_blocks, side_by_side

TOKEN = re.compile(r"\x1b\[([0-9;]*)m|(.)")
DEFAULT = None


def read(text):
    """Return the pixels that a terminal shows: rows of (r, g, b), or DEFAULT."""
    rows = []
    for line in text.split("\n"):
        upper, lower = [], []
        color: dict[str, Any] = {"38": DEFAULT, "48": DEFAULT}
        for code, character in TOKEN.findall(line):
            if character:
                assert character == UPPER_HALF
                upper.append(color["38"])
                lower.append(color["48"])
            elif code == "0":
                color = dict.fromkeys(color, DEFAULT)
            elif code == "49":
                color["48"] = DEFAULT
            else:
                layer, kind, *channels = code.split(";")
                assert kind == "2"
                color[layer] = tuple(map(int, channels))
        assert color == {"38": DEFAULT, "48": DEFAULT}, "colors continue on the next line"
        rows += [upper, lower]
    return rows


def shades(text):
    """Return the red of each pixel, (H, W)."""
    return np.array([[pixel[0] for pixel in row] for row in read(text)])


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_half_blocks_preset(channels):
    """Upper and lower pixel of each character, left to right."""
    image = np.random.default_rng(0).random((48, 60, channels))
    if channels in (2, 4):
        image[..., -1] = 1
    values = np.rint(image * 255).astype(int)
    expected = values[..., :3] if channels > 2 else np.repeat(values[..., :1], 3, axis=-1)
    np.testing.assert_array_equal(read(half_blocks(image, 80)), expected)


@pytest.mark.parametrize(
    ("size", "width", "expected"),
    [
        ((8, 8), 80, (48, 48)),  # tiny images are enlarged
        ((28, 28), 80, (28, 28)),
        ((8, 8), 20, (16, 16)),
        ((300, 400), 80, (60, 80)),
        ((400, 100), 50, (200, 50)),
        ((300, 400), 1, (1, 1)),
        ((16, 200), 1000, (16, 200)),
    ],
)
def test_half_blocks_fits_the_width(size, width, expected):
    """A character is one pixel wide and two high, so the image keeps its aspect ratio."""
    rows = read(half_blocks(np.zeros((*size, 1)), width))
    rows = rows if rows[-1][0] is not DEFAULT else rows[:-1]
    assert (len(rows), len(rows[0])) == expected


def test_half_blocks_repeats_tiny_pixels():
    found = shades(half_blocks(np.array([[[0.0], [1.0]], [[0.2], [0.4]]]), 4))
    np.testing.assert_array_equal(found, np.kron([[0, 255], [51, 102]], np.ones((2, 2))))


def test_half_blocks_averages_when_it_shrinks():
    stripes = np.tile([0.0, 1.0], (100, 50))[..., None]
    np.testing.assert_allclose(shades(half_blocks(stripes, 50)), 127.5, atol=1)


def test_half_blocks_shows_a_checkerboard_behind_transparent_pixels():
    found = shades(half_blocks(np.zeros((48, 48, 4)), 48))
    assert len(np.unique(found)) == 2
    assert found[0, 0] != found[0, 2] == found[2, 0] != found[2, 2]


def test_half_blocks_of_an_odd_number_of_rows():
    *_, last = read(half_blocks(np.ones((49, 50, 1)), 80))
    assert last == [DEFAULT] * 50


def test_half_blocks_resets_each_line_and_repeats_no_color():
    lines = half_blocks(np.ones((48, 48, 1)), 48).split("\n")
    assert len(lines) == 24
    for line in lines:
        assert line.endswith(RESET)
        assert line.count("\x1b") == 3


@pytest.mark.parametrize("width", [0, -3])
def test_half_blocks_rejects_no_width(width):
    with pytest.raises(ValueError, match=f"width must be at least 1, got {width}"):
        half_blocks(np.zeros((2, 2, 1)), width)


@pytest.mark.parametrize(("size", "shape"), [((8, 8), (24, 98)), ((16, 8), (24, 74))])
def test_side_by_side_preset(size, shape):
    """Two pixels per character; both images are enlarged by whole factors."""
    lines = side_by_side(np.zeros((8, 8, 1)), np.zeros((*size, 1)), 120).splitlines()
    blocks = [line.count(UPPER_HALF) + 2 for line in lines]
    assert (len(lines), max(blocks)) == shape


def test_side_by_side_of_other_heights():
    """The right image stays in its columns below the end of the left one."""
    lines = side_by_side(np.zeros((48, 60, 1)), np.zeros((60, 60, 1)), 122).splitlines()
    assert len(lines) == 30
    assert lines[0].count(UPPER_HALF) == 120
    assert lines[-1].startswith(" " * 62 + "\x1b")
