import numpy as np
import pytest

from stnctl.figures.curve import COLORS, Curve, curves_png
from tests.figures.pictures import decode, near

VALUES = [-90.0, -45.0, 0.0, 45.0, 90.0]


def draw(*curves, values=VALUES, name="rotation", unit="degrees"):
    picture = curves_png(values, curves, name=name, unit=unit, title="test error")
    return decode(picture)


def rows(picture, color):
    """Return the rows of the picture in which a curve is, from its left to its right end."""
    return [np.flatnonzero(column).mean() for column in near(picture, color).T if column.any()]


def columns_full_of(picture, color):
    """Return how many columns have the color in a third of their pixels, as dashed lines have."""
    counted = near(picture, color, within=60).mean(axis=0) > 0.33
    return int(np.diff(counted.astype(int), prepend=0).clip(0).sum())


def test_curves_follow_their_heights():
    """Of a rise and a fall over the same values, one goes up where the other goes down."""
    picture = draw(Curve("up", [0, 10, 20, 30, 40]), Curve("down", [40, 30, 20, 10, 0]))
    plot = picture[:, : int(0.97 * picture.shape[1])]
    up, down = rows(plot, COLORS[0]), rows(plot, COLORS[1])
    assert up[0] > up[len(up) // 2] > up[-1]
    assert down[0] < down[len(down) // 2] < down[-1]


def test_curves_start_at_zero():
    """Errors that differ by little are at nearly the same height: the axis is not cut."""
    picture = draw(Curve("x", [50, 51, 50, 51, 50]))
    line = np.flatnonzero(near(picture, COLORS[0])[:, 300:700].any(axis=1))
    assert np.ptp(line[line < picture.shape[0] / 2]) < 0.05 * picture.shape[0]


@pytest.mark.parametrize(
    ("trained", "lines"), [(None, 0), ((-45.0, 45.0), 2), ((-180.0, 45.0), 1), ((0.0, 0.0), 1)]
)
def test_curves_mark_the_range_in_training(trained, lines):
    """With a dashed line at each of its ends that is in view."""
    assert columns_full_of(draw(Curve("x", [1, 2, 3, 2, 1], trained)), COLORS[0]) == lines


def test_curves_show_two_ranges_at_one_place():
    curves = [Curve(name, [1, 2, 3, 2, 1], (-45.0, 45.0)) for name in "ab"]
    picture = draw(*curves)
    assert [columns_full_of(picture, color) for color in COLORS[:2]] == [2, 2]


@pytest.mark.parametrize("heights", [[0.0], [100.0]])
def test_curves_of_a_single_value_show_it(heights):
    picture = draw(Curve("x", heights), values=[1.5], name="corner_std", unit="pixels")
    assert near(picture, COLORS[0]).sum() > 50


@pytest.mark.parametrize("label", ["a-name-of-64-letters-" + 43 * "x", "_hidden", "$100", "a b/é"])
def test_curves_show_each_label(label):
    """One line more in the legend makes it higher, whatever the label is."""
    one, two = (draw(*[Curve(label, [5, 5, 5, 5, 5])] * count) for count in (1, 2))
    assert one.shape[1] == two.shape[1]
    frame = [near(picture, "#cccccc", within=20).sum() for picture in (one, two)]
    assert frame[1] > frame[0] > 100


def test_curves_of_many_runs_are_told_apart():
    curves = [Curve(str(n), [n + 1.0] * 5) for n in range(len(COLORS))]
    picture = draw(*curves)
    assert all(near(picture, color).sum() > 200 for color in COLORS)
