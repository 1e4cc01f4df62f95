"""The pixels that the page names for each average of area interpolation."""

import numpy as np
import pytest

from tests.reports.explorer.node import run_node

SCRIPT = """
import { averagedLevels, averagedPixels } from "WEB/geometry/area.js";
const { size, padding, pixels } = payload;
const U = { height: 1, width: size, channels: 1, data: Float64Array.from(pixels) };
const options = { interpolation: "area", padding, fillValue: [9], alignCorners: true };
const { width, data } = averagedLevels(U, options);
console.log(JSON.stringify({
  averages: [...data].slice(0, width),
  ranges: Array.from({ length: width }, (_, k) => averagedPixels(k, size, padding)),
  outside: [averagedPixels(-1, size, padding), averagedPixels(width, size, padding)],
}));
"""


@pytest.mark.parametrize("padding", ["value", "reflection", "border"])
@pytest.mark.parametrize("size", [1, 2, 16])
def test_an_average_is_that_of_the_named_pixels(size, padding):
    pixels = np.random.default_rng(size).random(size)
    found = run_node(SCRIPT, {"size": size, "padding": padding, "pixels": pixels.tolist()})
    inside = [
        (average, pixels[span[0] : span[1] + 1])
        for average, span in zip(found["averages"], found["ranges"], strict=True)
        if span is not None
    ]
    assert [part.size for _, part in inside] == [
        2**level for level in range(size.bit_length()) for _ in range(size >> level)
    ]
    assert np.allclose([average for average, _ in inside], [part.mean() for _, part in inside])
    rims = found["ranges"].count(None)
    assert rims == (2 * size.bit_length() if padding == "border" else 0)
    assert found["outside"][0] is None


def test_the_last_average_ends_at_the_edge():
    found = run_node(SCRIPT, {"size": 5, "padding": "value", "pixels": [0] * 5})
    assert found["ranges"][5:] == [[0, 1], [2, 3], [4, 4], [0, 3], [4, 4], [0, 4]]
    assert found["outside"] == [None, None]
