import numpy as np
import pytest

from stnctl.geometry.padding import Padding
from stnctl.geometry.registries import PADDINGS
from tests.geometry.arrays import maps
from tests.geometry.runners import RUNNERS

NUMPY_MODES = {
    ("zeros", True): {"mode": "constant"},
    ("value", True): {"mode": "constant", "constant_values": 7},
    ("border", True): {"mode": "edge"},
    ("reflection", True): {"mode": "reflect"},
    ("reflection", False): {"mode": "symmetric"},
}
"""Arguments of `numpy.pad` for each padding; ``align_corners`` matters to reflections only."""

cases = pytest.mark.parametrize(
    ("padding", "align_corners", "pad"),
    [(*case, pad) for case, pad in NUMPY_MODES.items()],
    ids=lambda value: None if isinstance(value, dict) else str(value),
)


def test_paddings_preset():
    assert {padding for padding, _ in NUMPY_MODES} == set(PADDINGS)


@cases
@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_locate_golden_numpy(size, runner, padding, align_corners, pad):
    rule = Padding(padding, 7.0, align_corners)
    pixels = np.arange(10, 10 + size)
    index = np.arange(-12, size + 12, dtype="int32")
    found, *inside = runner(
        lambda index: [part for part in rule.locate(index, size) if part is not None], index
    )
    assert found.min() >= 0
    assert found.max() < size
    outside = pad.get("constant_values", 0)
    read = np.where(inside[0], pixels[found], outside) if inside else pixels[found]
    np.testing.assert_array_equal(read, np.pad(pixels, 12, **pad))


@pytest.mark.parametrize("padding", PADDINGS)
def test_locate_random_sizes(padding):
    """An array of sizes gives the same as each size alone."""
    rule = Padding(padding)
    sizes, index = np.array([1, 2, 5, 9]), np.arange(-12, 20)[:, None]
    found, inside = rule.locate(np.broadcast_to(index, (32, 4)), sizes)
    for column, size in enumerate(sizes):
        alone, inside_alone = rule.locate(index[:, 0], size)
        np.testing.assert_array_equal(found[:, column], alone)
        if inside is not None:
            np.testing.assert_array_equal(inside[:, column], inside_alone)


@cases
@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
@pytest.mark.parametrize("axis", [1, 2])
def test_extend_golden_numpy(axis, runner, padding, align_corners, pad):
    U, rule = maps(2, 3, 4, 2), Padding(padding, 7.0, align_corners)
    found = runner(lambda U: rule.extend(U, axis, 6, 9), U)
    widths = [(0, 0)] * 4
    widths[axis] = (6, 9)
    np.testing.assert_array_equal(found, np.pad(U, widths, **pad), strict=True)


def test_extend_preset_value_of_channels():
    rule = Padding("value", (7.0, -1.0))
    found = rule.extend(np.ones((1, 1, 1, 2)), 2, 1, 0)
    np.testing.assert_array_equal(found, [[[[7, -1], [1, 1]]]])


@pytest.mark.parametrize("padding", PADDINGS)
def test_outside_preset(padding):
    found = Padding(padding, 7.0).outside(np.zeros(1, "float32"))
    assert found.dtype == "float32"
    assert found == (7 if padding == "value" else 0)


@cases
@pytest.mark.parametrize("size", [1, 2, 5])
def test_fold_preset(size, padding, align_corners, pad):
    """A reflected point reads a linear map as the extended map does; others are unchanged."""
    rule = Padding(padding, 7.0, align_corners)
    x = np.linspace(-9, size + 9, 77)
    found, direction = rule.fold(x, size)
    if padding != "reflection":
        np.testing.assert_array_equal(found, x)
        np.testing.assert_array_equal(direction, np.ones_like(x))
        return
    ramp = np.pad(np.arange(size, dtype="float64"), 20, **pad)
    inside = np.clip(found, 0, size - 1)
    np.testing.assert_allclose(inside, np.interp(x + 20, np.arange(len(ramp)), ramp), atol=1e-12)
    assert set(direction) <= {-1.0, 1.0}
