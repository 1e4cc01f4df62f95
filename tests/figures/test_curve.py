from typing import Any

import numpy as np
import pytest

from stnctl.figures.curve import COLORS, Curve, curves_png
from tests.figures.png_areas import decode, near

VALUES = [-90.0, -45.0, 0.0, 45.0, 90.0]


def draw(*curves, values=VALUES, name="rotation", unit="degrees"):
    pixels = curves_png(values, curves, name=name, unit=unit, title="test error")
    return decode(pixels)


def rows(pixels, color):
    """Return the rows of a curve, from its left to its right end."""
    return [np.flatnonzero(column).mean() for column in near(pixels, color).T if column.any()]


def columns_full_of(pixels, color):
    """Return the number of dashed lines: columns with the color in a third of their pixels."""
    counted = near(pixels, color, within=60).mean(axis=0) > 0.33
    return int(np.diff(counted.astype(int), prepend=0).clip(0).sum())


def test_curves_follow_their_errors():
    """A rising and a falling curve over the same values cross."""
    pixels = draw(Curve("up", [0, 10, 20, 30, 40]), Curve("down", [40, 30, 20, 10, 0]))
    plot = pixels[:, : int(0.97 * pixels.shape[1])]
    up, down = rows(plot, COLORS[0]), rows(plot, COLORS[1])
    assert up[0] > up[len(up) // 2] > up[-1]
    assert down[0] < down[len(down) // 2] < down[-1]


def test_curves_start_at_zero():
    """Nearly equal errors are at nearly the same height: the axis is not cut."""
    pixels = draw(Curve("x", [50, 51, 50, 51, 50]))
    line = np.flatnonzero(near(pixels, COLORS[0])[:, 300:700].any(axis=1))
    assert np.ptp(line[line < pixels.shape[0] / 2]) < 0.05 * pixels.shape[0]


@pytest.mark.parametrize(
    ("errors", "top"), [([0, 0, 0, 0, 0], 1), ([5, 0, 40, 0, 5], 42), ([100] * 5, 105)]
)
def test_curves_leave_room_above_the_largest_error(monkeypatch, errors, top):
    """Room above the curve, and at least 1 % if there are no errors."""
    monkeypatch.setattr("stnctl.figures.curve.png", lambda figure: figure)
    curves = [Curve("x", errors), Curve("y", [0.0] * 5)]
    figure: Any = curves_png(VALUES, curves, name="rotation", unit="degrees", title="x")
    [axes] = figure.axes
    assert axes.get_ylim() == pytest.approx((0, top))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("rotation (degrees)", "error (%)")


@pytest.mark.parametrize(
    ("trained", "lines"), [(None, 0), ((-45.0, 45.0), 2), ((-180.0, 45.0), 1), ((0.0, 0.0), 1)]
)
def test_curves_mark_the_range_in_training(trained, lines):
    """A dashed line marks each end that is in view."""
    assert columns_full_of(draw(Curve("x", [1, 2, 3, 2, 1], trained)), COLORS[0]) == lines


def test_curves_show_two_equal_ranges():
    curves = [Curve(name, [1, 2, 3, 2, 1], (-45.0, 45.0)) for name in "ab"]
    pixels = draw(*curves)
    assert [columns_full_of(pixels, color) for color in COLORS[:2]] == [2, 2]


@pytest.mark.parametrize("errors", [[0.0], [100.0]])
def test_curves_show_a_single_value(errors):
    pixels = draw(Curve("x", errors), values=[1.5], name="corner_std", unit="pixels")
    assert near(pixels, COLORS[0]).sum() > 50


@pytest.mark.parametrize("label", ["a-name-of-64-letters-" + 43 * "x", "_hidden", "$100", "a b/é"])
def test_curves_show_each_label(label):
    """One more line makes the legend higher, for any label."""
    one, two = (draw(*[Curve(label, [5, 5, 5, 5, 5])] * count) for count in (1, 2))
    assert one.shape[1] == two.shape[1]
    frame = [near(pixels, "#cccccc", within=20).sum() for pixels in (one, two)]
    assert frame[1] > frame[0] > 100


def test_curves_of_many_runs_have_different_colors():
    curves = [Curve(str(n), [n + 1.0] * 5) for n in range(len(COLORS))]
    pixels = draw(*curves)
    assert all(near(pixels, color).sum() > 200 for color in COLORS)
