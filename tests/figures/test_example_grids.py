import numpy as np
import pytest

from stnctl.figures.example_grids import (
    SIDE_COLOR,
    TOP_COLOR,
    grid_border,
    grid_outlines,
    maps_png,
    pairs_png,
    shade_limits,
)
from stnctl.figures.raster import FIRST, SECOND
from stnctl.geometry import TRANSFORMS, sample
from tests.figures.png_areas import areas, decode, height, near, width

SIZE = 20
LIMITS = (0.0, 1.0)
BLUE = "#0000ff"
HALF = [0.5, 0, 0, 0, 0.5, 0]
UPSIDE_DOWN = [-0.5, 0, 0, 0, -0.5, 0]
LEFT_UP = [0, 0.5, 0, -0.5, 0, 0]  # the top of V is the left side of U
TO_THE_RIGHT = [0.5, 0, 0.4, 0, 0.5, 0]


def blue_maps(count=1, size=SIZE):
    U = np.zeros((count, size, size, 3), "float32")
    U[..., 2] = 1
    return U


def grids(*thetas):
    return TRANSFORMS["affine"].grid(np.array(thetas, "float64"), (SIZE, SIZE))


def draw_pairs(*thetas, align_corners=True, V=None):
    U, grid = blue_maps(len(thetas)), grids(*thetas)
    outlines = grid_outlines(grid, (SIZE, SIZE), align_corners=align_corners)
    captions = ["True: 1, Pred: 1 (100.0%)"] * len(thetas)
    right = [True] * len(thetas)
    V = sample(U, grid) if V is None else V
    return decode(pairs_png(U, V, outlines, LIMITS, captions, right, title="x"))


def input_panel(pixels):
    """Return the left half, and (left, top, side) of U in it."""
    left_half = pixels[:, : pixels.shape[1] // 2]
    rows, columns = np.nonzero(near(left_half, BLUE))
    side = columns.max() - columns.min() + 1
    assert rows.max() - rows.min() + 1 == pytest.approx(side, abs=2)
    return left_half, columns.min(), rows.min(), side


def extent(pixels, *colors):
    """Return the (x, y) of the top left and of the bottom right of colors, in pixels of U."""
    left_half, left, top, side = input_panel(pixels)
    rows, columns = np.nonzero(np.any([near(left_half, color) for color in colors], axis=0))
    corners = np.array([[columns.min(), rows.min()], [columns.max() + 1, rows.max() + 1]])
    return (corners - [left, top]) * SIZE / side - 0.5


LOW, MIDDLE, HIGH = 4.75, 9.5, 14.25  # of the half-size grid, in the pixel frame of U


@pytest.mark.parametrize(
    ("theta", "top", "bottom"),
    [
        (HALF, (LOW, LOW), (HIGH, LOW)),
        (UPSIDE_DOWN, (LOW, HIGH), (HIGH, HIGH)),
        (LEFT_UP, (LOW, LOW), (LOW, HIGH)),
        (TO_THE_RIGHT, (LOW + 3.8, LOW), (HIGH + 3.8, LOW)),
    ],
)
def test_pairs_outline_is_the_border_of_the_grid(theta, top, bottom):
    """The side that becomes the top of V has the right color and place."""
    pixels = draw_pairs(theta)
    np.testing.assert_allclose(extent(pixels, TOP_COLOR), [top, bottom], atol=0.35)
    shift = np.array([theta[2], theta[5]]) * (SIZE - 1) / 2
    corners = np.array([[LOW, LOW], [HIGH, HIGH]]) + shift
    np.testing.assert_allclose(extent(pixels, TOP_COLOR, SIDE_COLOR), corners, atol=0.35)


def test_pairs_outline_depends_on_align_corners():
    found = extent(draw_pairs(HALF, align_corners=False), TOP_COLOR)
    np.testing.assert_allclose(found, [(4.5, 4.5), (14.5, 4.5)], atol=0.35)


def test_pairs_outline_outside_u_is_visible():
    """U shrinks in its panel, so that an outline beyond its sides is visible."""
    pixels = draw_pairs([1.5, 0, 0, 0, 1.5, 0])
    found = extent(pixels, TOP_COLOR)
    np.testing.assert_allclose(found, [(-4.75, -4.75), (23.75, -4.75)], atol=0.45)


def test_pairs_side_by_side():
    pixels = draw_pairs(HALF, HALF)
    panels = areas(near(pixels, "#3a3a3a"), larger_than=1000)
    assert len(panels) == 2  # the background of each U
    for box in panels:
        assert min(width(box), height(box)) >= 200


@pytest.mark.parametrize(
    "theta",
    [
        [np.nan] * 6,
        [1, 0, 0, 0, np.inf, 0],
        [1, 0, 1e30, 0, 1, -1e30],
        [1e300, 0, 0, 0, 1e300, 0],
        [0, 0, 0, 0, 0, 0],
    ],
)
def test_pairs_of_a_grid_that_is_not_finite_or_far_away(theta):
    """The figure is still drawn, with a small U if the outline is far away."""
    pixels = draw_pairs(theta, V=blue_maps())
    _, _, _, side = input_panel(pixels)
    assert side >= 100


def test_pairs_of_another_output_size():
    V = blue_maps(size=7)[:, :5]
    outlines = grid_outlines(grids(HALF)[:, :5, :7], (SIZE, SIZE), align_corners=True)
    pixels = decode(pairs_png(blue_maps(), V, outlines, LIMITS, ["x"], [False], title="x"))
    right_half = near(pixels, BLUE)[:, pixels.shape[1] // 2 :]
    box = max(areas(right_half), key=width)
    assert width(box) / height(box) == pytest.approx(7 / 5, abs=0.1)


@pytest.mark.parametrize("count", [1, 4, 9])
def test_maps_draws_each_map(count):
    captions = [f"True: {n}, Pred: {n} (99.9%)" for n in range(count)]
    pixels = decode(
        maps_png(
            blue_maps(count), LIMITS, captions, [True] * count, heading="U", title="x: test bad 9"
        )
    )
    boxes = areas(near(pixels, BLUE))
    assert len(boxes) == count
    for box in boxes:
        assert min(width(box), height(box)) >= 200


def test_maps_keep_rows_and_columns():
    """Row 0 is at the top, column 0 at the left; low is dark and high is light."""
    U = np.zeros((1, 4, 4, 1))
    U[0, 0, 1] = 5.0
    pixels = decode(maps_png(U, shade_limits(U), ["x"], [True], heading="U", title="x"))
    [black] = areas(near(pixels, "#000000", within=2), larger_than=20_000)
    side = width(black) / 4
    for row, column in np.ndindex(4, 4):
        y, x = black[0].start + (row + 0.5) * side, black[1].start + (column + 0.5) * side
        assert (pixels[int(y), int(x)] == (255 if (row, column) == (0, 1) else 0)).all()


@pytest.mark.parametrize("pairs", [False, True])
def test_two_channels_have_two_colors_in_any_range(pairs):
    """Values beyond the limits, which V may have, are clipped."""
    U = np.zeros((1, 6, 5, 2))
    U[0, 1:5, 1, 0] = U[0, 1:5, 3, 1] = 255.0
    V = np.where(U > 0, 300.0, -40.0)
    outlines = np.full((1, 5, 2), 2.0)  # a single point
    limits, texts = shade_limits(U), {"captions": ["x"], "right": [True], "title": "x"}
    if pairs:
        pixels = decode(pairs_png(U, V, outlines, limits, **texts))
    else:
        pixels = decode(maps_png(V, limits, heading="V", **texts))
    for color in (FIRST, SECOND):
        parts = areas(near(pixels, "#{:02x}{:02x}{:02x}".format(*color), within=2))
        parts = [part for part in parts if height(part) > 2 * width(part) > 50]
        assert len(parts) == 1 + pairs


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("value", [0.0, 0.5, 255.0, -3.0])
def test_maps_of_one_value(channels, value):
    """A constant map has no contrast to stretch: it is black."""
    maps = np.full((2, 5, 5, channels), value)
    pixels = decode(
        maps_png(maps, shade_limits(maps), ["x", "y"], [True, False], heading="V", title="x")
    )
    assert len(areas(near(pixels, "#000000", within=0), larger_than=20_000)) == 2


def test_maps_share_one_scale():
    maps = np.stack([np.full((5, 5, 1), value) for value in (0.0, 0.5, 1.0)])
    pixels = decode(
        maps_png(maps, shade_limits(maps), ["x"] * 3, [True] * 3, heading="U", title="x")
    )
    for gray in ("#000000", "#808080"):
        assert len(areas(near(pixels, gray, within=2), larger_than=20_000)) == 1, gray


@pytest.mark.parametrize(("height_", "width_"), [(3, 4), (2, 2), (1, 3), (3, 1), (1, 1), (5, 2)])
def test_grid_border_is_closed_and_ordered(height_, width_):
    """Clockwise from the top left, in steps to a neighbor, with each border point."""
    lattice = np.stack(np.meshgrid(np.arange(width_), np.arange(height_)), axis=-1)
    border = grid_border(lattice)
    np.testing.assert_array_equal(border[0], border[-1])
    np.testing.assert_array_equal(border[:width_], lattice[0])
    assert (np.abs(np.diff(border, axis=0)).sum(axis=1) == 1).all()
    inner = lattice[1:-1, 1:-1].reshape(-1, 2)
    assert set(map(tuple, border)) == set(map(tuple, lattice.reshape(-1, 2))) - set(
        map(tuple, inner)
    )
    x, y = border.T
    doubled_area = (x[:-1] * y[1:] - x[1:] * y[:-1]).sum()
    assert doubled_area == 2 * (height_ - 1) * (width_ - 1)  # positive: clockwise, y is down


def test_grid_outlines_preset():
    outlines = grid_outlines(grids(HALF, UPSIDE_DOWN), (SIZE, SIZE), align_corners=True)
    assert outlines.shape == (2, 4 * (SIZE - 1) + 1, 2)
    np.testing.assert_allclose(outlines[0, 0], (LOW, LOW))
    np.testing.assert_allclose(outlines[0, SIZE - 1], (HIGH, LOW))
    np.testing.assert_allclose(outlines[1, 0], (HIGH, HIGH))
    np.testing.assert_allclose(outlines.mean(axis=1), MIDDLE, atol=0.4)
