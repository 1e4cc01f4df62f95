import re
from typing import Any

import numpy as np
import pytest

from stnctl.figures.terminal import RESET, SHADES, UPPER_HALF, drawing, side_by_side

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


def in_24_bit(image, width):
    return drawing(image, width, "24-bit")


def shades(text):
    """Return the red of each pixel, (H, W)."""
    return np.array([[pixel[0] for pixel in row] for row in read(text)])


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_drawing_preset(channels):
    """Upper and lower pixel of each character, left to right."""
    image = np.random.default_rng(0).random((48, 60, channels))
    if channels in (2, 4):
        image[..., -1] = 1
    values = np.rint(image * 255).astype(int)
    expected = values[..., :3] if channels > 2 else np.repeat(values[..., :1], 3, axis=-1)
    np.testing.assert_array_equal(read(in_24_bit(image, 80)), expected)


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
def test_drawing_fits_the_width(size, width, expected):
    """A character is one pixel wide and two high, so the image keeps its aspect ratio."""
    rows = read(in_24_bit(np.zeros((*size, 1)), width))
    rows = rows if rows[-1][0] is not DEFAULT else rows[:-1]
    assert (len(rows), len(rows[0])) == expected


def test_drawing_repeats_tiny_pixels():
    found = shades(in_24_bit(np.array([[[0.0], [1.0]], [[0.2], [0.4]]]), 4))
    np.testing.assert_array_equal(found, np.kron([[0, 255], [51, 102]], np.ones((2, 2))))


def test_drawing_averages_when_it_shrinks():
    stripes = np.tile([0.0, 1.0], (100, 50))[..., None]
    np.testing.assert_allclose(shades(in_24_bit(stripes, 50)), 127.5, atol=1)


def test_drawing_shows_a_checkerboard_behind_transparent_pixels():
    found = shades(in_24_bit(np.zeros((48, 48, 4)), 48))
    assert len(np.unique(found)) == 2
    assert found[0, 0] != found[0, 2] == found[2, 0] != found[2, 2]


def test_drawing_of_an_odd_number_of_rows():
    *_, last = read(in_24_bit(np.ones((49, 50, 1)), 80))
    assert last == [DEFAULT] * 50


def test_drawing_resets_each_line_and_repeats_no_color():
    lines = in_24_bit(np.ones((48, 48, 1)), 48).split("\n")
    assert len(lines) == 24
    for line in lines:
        assert line.endswith(RESET)
        assert line.count("\x1b") == 3


@pytest.mark.parametrize("width", [0, -3])
def test_drawing_rejects_no_width(width):
    with pytest.raises(ValueError, match=f"width must be at least 1, got {width}"):
        in_24_bit(np.zeros((2, 2, 1)), width)


@pytest.mark.parametrize(("size", "shape"), [((8, 8), (24, 98)), ((16, 8), (24, 74))])
def test_side_by_side_preset(size, shape):
    """Two pixels per character; both images are enlarged by whole factors."""
    lines = side_by_side(np.zeros((8, 8, 1)), np.zeros((*size, 1)), 120, "24-bit").splitlines()
    blocks = [line.count(UPPER_HALF) + 2 for line in lines]
    assert (len(lines), max(blocks)) == shape


def test_side_by_side_of_other_heights():
    """The right image stays in its columns below the end of the left one."""
    lines = side_by_side(np.zeros((48, 60, 1)), np.zeros((60, 60, 1)), 122, "24-bit").splitlines()
    assert len(lines) == 30
    assert lines[0].count(UPPER_HALF) == 120
    assert lines[-1].startswith(" " * 62 + "\x1b")


def test_drawing_in_256_colors():
    """Exact colors of xterm keep their number; others get a near one."""
    exact = {16: (0, 0, 0), 231: (255, 255, 255), 196: (255, 0, 0), 110: (135, 175, 215)}
    exact |= {232: (8, 8, 8), 244: (128, 128, 128), 255: (238, 238, 238)}
    near = {231: (253, 255, 255), 145: (170, 175, 170), 243: (120, 119, 118), 197: (255, 0, 90)}
    for number, color in [*exact.items(), *near.items()]:
        image = np.tile(np.array(color) / 255, (48, 48, 1))
        line = drawing(image, 48, "256").splitlines()[0]
        assert line == f"\x1b[38;5;{number}m\x1b[48;5;{number}m" + UPPER_HALF * 48 + RESET


def test_drawing_in_ascii_shades():
    """One character for two rows of pixels, from dark to light, without control codes."""
    ramp = np.linspace(0, 1, 50)
    lines = drawing(np.tile(ramp, (48, 1))[..., None], 50, "ascii").split("\n")
    assert len(lines) == 24
    assert set(lines) == {"".join(SHADES[round(9 * value)] for value in ramp)}
    stripes = np.tile([[0.0], [1.0]], (24, 50))[..., None]
    assert set(drawing(stripes, 50, "ascii")) == {SHADES[4], "\n"}
    odd = drawing(np.ones((49, 50, 1)), 50, "ascii").split("\n")
    assert (len(odd), odd[-1]) == (25, "@" * 50)


def test_side_by_side_in_ascii():
    """The right image keeps its columns beside a dark one and below its end."""
    lines = side_by_side(np.zeros((48, 50, 1)), np.ones((60, 50, 1)), 102, "ascii").splitlines()
    assert lines == [" " * 52 + "@" * 50] * 30
