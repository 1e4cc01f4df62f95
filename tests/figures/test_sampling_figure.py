from xml.etree import ElementTree

import numpy as np
import pytest

from stnctl.figures.example_grids import SIDE_COLOR, TOP_COLOR
from stnctl.figures.sampling_figure import GROUND, sampling_figure
from stnctl.geometry import TRANSFORMS, sample
from stnctl.geometry.grid import to_pixels
from tests.figures.png_areas import areas, decode, near

SIZE = 20
SVG = "{http://www.w3.org/2000/svg}"
BLUE, RED = "#0000ff", "#ff0000"
LOW, MIDDLE, HIGH = 4.75, 9.5, 14.25  # of the half-size grid, in the pixel frame of U


def blue_map(height=SIZE, width=SIZE):
    return np.full((height, width, 3), (0.0, 0.0, 1.0))


def points_of(theta, *, transform="affine", size=(SIZE, SIZE), output_size=None):
    grid = TRANSFORMS[transform].grid(np.array([theta], float), output_size or size)
    return to_pixels(grid, size)[0]


def draw(points, *, U=None, V=None, caption="caption", title="title"):
    height, width = points.shape[:2]
    V = np.full((height, width, 3), (1.0, 0.0, 0.0)) if V is None else V
    return decode(sampling_figure(blue_map() if U is None else U, V, points, caption, title=title))


def box_of(mask):
    """Return left, top, right, bottom of the true pixels of a mask (H, W)."""
    rows, columns = np.nonzero(mask)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


def extent(pixels, map_color, colors, size=(SIZE, SIZE)):
    """Return the (x, y) of the top left and bottom right of colors, in pixels of a map."""
    half = pixels.shape[1] // 2
    part = pixels[:, :half] if map_color == BLUE else pixels[:, half:]
    left, top, right, bottom = box_of(near(part, map_color))
    scale = np.array([right - left, bottom - top]) / size[::-1]
    found = box_of(np.any([near(part, color) for color in colors], axis=0))
    return (found.reshape(2, 2) - [left, top]) / scale - 0.5


def ground_box(pixels):
    """Return left, top, right, bottom of the panel of U."""
    rows, columns = areas(near(pixels[:, : pixels.shape[1] // 2], GROUND))[0]
    return np.array([columns.start, rows.start, columns.stop, rows.stop])


@pytest.mark.parametrize(
    ("theta", "top"),
    [
        ([0.5, 0, 0, 0, 0.5, 0], [(LOW, LOW), (HIGH, LOW)]),
        ([-0.5, 0, 0, 0, -0.5, 0], [(LOW, HIGH), (HIGH, HIGH)]),
        ([0, 0.5, 0, -0.5, 0, 0], [(LOW, LOW), (LOW, HIGH)]),  # the top of V is the left side of U
        ([0.5, 0, 0.4, 0, 0.5, 0], [(LOW + 3.8, LOW), (HIGH + 3.8, LOW)]),
    ],
)
def test_sampling_draws_the_grid_on_u(theta, top):
    """The side that becomes the top of V has the right color and place, on pixel centers."""
    pixels = draw(points_of(theta))
    np.testing.assert_allclose(extent(pixels, BLUE, [TOP_COLOR]), top, atol=0.35)
    shift = np.array([theta[2], theta[5]]) * (SIZE - 1) / 2
    corners = np.array([[LOW, LOW], [HIGH, HIGH]]) + shift
    found = extent(pixels, BLUE, [TOP_COLOR, SIDE_COLOR])
    np.testing.assert_allclose(found, corners, atol=0.35)


def test_sampling_draws_the_same_grid_on_v():
    pixels = draw(points_of([0.7, -0.7, 0, 0.7, 0.7, 0], output_size=(10, SIZE)))
    found = extent(pixels, RED, [TOP_COLOR], size=(10, SIZE))
    np.testing.assert_allclose(found, [(0, 0), (SIZE - 1, 0)], atol=0.3)
    found = extent(pixels, RED, [TOP_COLOR, SIDE_COLOR], size=(10, SIZE))
    np.testing.assert_allclose(found, [(0, 0), (SIZE - 1, 9)], atol=0.3)


@pytest.mark.parametrize(("size", "lines"), [(5, 5), (16, 16), (17, 9), (28, 10), (33, 9)])
def test_sampling_draws_all_lines_or_about_nine(size, lines):
    """Counted across V, between two horizontal lines; each is on a pixel."""
    pixels = draw(points_of([1, 0, 0, 0, 1, 0], output_size=(size, size)))
    part = pixels[:, pixels.shape[1] // 2 :]
    left, top, right, bottom = box_of(near(part, RED))
    across = part[top + (bottom - top) * 3 // 5 : bottom - (bottom - top) // 8, left:right]
    is_line = (across[..., 1] > 60).mean(axis=0) > 0.9
    starts = np.flatnonzero(np.diff(np.concatenate([[False], is_line]).astype(int)) == 1)
    assert len(starts) == lines
    gaps = np.diff(starts)
    assert gaps.max() - gaps.min() <= 3


@pytest.mark.parametrize("scale", [1.5, 2.5])
def test_sampling_shows_a_grid_that_leaves_u(scale):
    found = extent(draw(points_of([scale, 0, 0, 0, scale, 0])), BLUE, [TOP_COLOR])
    reach = MIDDLE * (scale - 1)
    np.testing.assert_allclose(found, [(-reach, -reach), (19 + reach, -reach)], atol=0.7)


def test_sampling_widens_the_view_only_towards_the_grid():
    pixels = draw(points_of([1, 0, 0.5, 0, 1, 0]))
    left, top, right, bottom = ground_box(pixels)
    U = box_of(near(pixels, BLUE))
    side = U[2] - U[0]
    assert U[0] - left < 0.06 * side
    assert U[1] - top < 0.06 * side
    assert right - U[2] == pytest.approx(0.25 * side, abs=0.06 * side)
    assert bottom - U[3] < 0.06 * side


@pytest.mark.parametrize(
    ("transform", "theta"),
    [
        ("projective", [1, 0, 0, 0, 1, 0, 0, 1.7]),
        ("projective", [1, 0, 0, 0, 1, 0, 0.9, -0.9]),
        ("affine", [1e30, 0, 0, 0, 1e30, 0]),
        ("affine", [1, 0, 1e30, 0, 1, -1e30]),
        ("affine", [np.nan] * 6),
        ("affine", [1, 0, 0, 0, np.inf, 0]),
        ("affine", [0] * 6),
    ],
)
def test_sampling_of_far_points_still_shows_u(transform, theta):
    """Lines to points behind the horizon are not drawn; U is at least a third of its panel."""
    pixels = draw(points_of(theta, transform=transform))
    left, top, right, bottom = box_of(near(pixels, BLUE))
    assert right - left == pytest.approx(bottom - top, abs=2)
    assert right - left >= 140


def test_sampling_breaks_lines_at_the_horizon():
    """Points behind it are far to the right and below; no line is drawn to them."""
    points = points_of([1, 0, 0, 0, 1, 0, 0, 2.0], transform="projective")
    assert (points[:5] > 1000).all()
    pixels = draw(points)
    _, _, _, bottom = box_of(near(pixels[:, : pixels.shape[1] // 2], BLUE))
    below = pixels[bottom + 12 :, : pixels.shape[1] // 2]
    assert not near(below, SIDE_COLOR, within=40).any()
    assert not near(pixels[:, : pixels.shape[1] // 2], TOP_COLOR).any()


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (40, 3)])
def test_sampling_of_any_map(channels, size):
    U = np.random.default_rng(0).random((*size, channels))
    grid = TRANSFORMS["rotation"].grid(np.array([[0.3]]), size)
    V = sample(U[None], grid)[0]
    pixels = draw(to_pixels(grid, size)[0], U=U, V=V)
    assert near(pixels, GROUND).any()


def test_sampling_shows_pixels_as_squares():
    """A white pixel on black keeps its edges; U has a frame on the dark background."""
    U = np.zeros((4, 4, 1))
    U[1, 2] = 1
    pixels = draw(points_of([1.4, 0, 0, 0, 1.4, 0], size=(4, 4)), U=U)
    left, top, right, bottom = ground_box(pixels)
    inner = pixels[top:bottom, left:right]
    black = box_of(near(inner, "#000000", within=0))
    white = box_of(near(inner, "#ffffff", within=0))
    side = (black[2] - black[0]) / 4
    expected = black[[0, 1, 0, 1]] + side * np.array([2, 1, 3, 2])
    np.testing.assert_allclose(white, expected, atol=3)


def test_sampling_shows_long_captions_and_titles_whole():
    """No letter is cut off or overlaps a panel."""
    short = draw(points_of([1, 0, 0, 0, 1, 0]))
    long = draw(
        points_of([1, 0, 0, 0, 1, 0]), caption="\n".join(["word " * 36] * 5), title="t\nt\nt"
    )
    assert long.shape[0] > short.shape[0] + 9 * 25
    assert long.shape[1] == pytest.approx(short.shape[1], abs=8)
    for margin in (long[:5], long[-5:], long[:, :5], long[:, -5:]):
        assert (margin == 255).all()
    _, _, _, bottom = box_of(near(long, RED))
    assert (long[bottom + 20 : bottom + 26] == 255).all()


def test_sampling_repeats():
    points = points_of([0.7, -0.7, 0, 0.7, 0.7, 0])
    arguments = (blue_map(), blue_map(), points, "caption")
    before = points.copy()
    assert sampling_figure(*arguments, title="x") == sampling_figure(*arguments, title="x")
    np.testing.assert_array_equal(points, before)


@pytest.mark.parametrize(("suffix", "start"), [(".pdf", b"%PDF-"), (".svg", b"<?xml")])
def test_sampling_figure_as_a_vector_graphic(suffix, start):
    """The texts are texts, and the same figure gives the same file."""
    arguments = (blue_map(), blue_map(), points_of([0.7, -0.7, 0, 0.7, 0.7, 0]), "caption")
    first, second = (sampling_figure(*arguments, title="x", suffix=suffix) for _ in range(2))
    assert first == second
    assert first.startswith(start)
    if suffix == ".svg":
        texts = [element.text for element in ElementTree.fromstring(first).iter(f"{SVG}text")]
        assert {"x", "caption"} <= set(texts)


def test_sampling_rejects_points_of_another_size():
    with pytest.raises(
        ValueError, match=r"points must have shape \(20, 20, 2\), got \(19, 20, 2\)"
    ):
        draw(points_of([1, 0, 0, 0, 1, 0])[1:], V=blue_map())
