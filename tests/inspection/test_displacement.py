from types import SimpleNamespace

import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS
from stnctl.inspection.displacement import displacements


def transformer(name, input_size, output_size):
    return SimpleNamespace(
        sampling=SimpleNamespace(family=TRANSFORMS[name], align_corners=True),
        U=SimpleNamespace(shape=(*input_size, 1)),
        V=SimpleNamespace(shape=(*output_size, 1)),
    )


def test_displacements_of_shifts():
    """On 21 x 11 pixels (W x H), 0.3 are 3 pixels along x, and 0.8 are 4 along y."""
    affine = transformer("affine", (11, 21), (5, 7))
    thetas = np.array([[1, 0, 0.3, 0, 1, 0.8], [1, 0, 0, 0, 1, 0]])
    assert displacements([affine], [thetas]) == pytest.approx([5, 0])


def test_displacements_of_a_scale():
    """The mean over the pixels of V of their distances from the center, halved."""
    affine = transformer("affine", (9, 9), (9, 9))
    y, x = np.mgrid[-4:5, -4:5]
    expected = np.hypot(x, y).mean() / 2
    found = displacements([affine], [np.array([[0.5, 0, 0, 0, 0.5, 0]] * 600)])
    assert found == pytest.approx([expected] * 600)


def test_displacements_take_the_largest_transformer():
    affine = transformer("affine", (11, 11), (5, 5))
    shift = transformer("translation", (11, 11), (5, 5))
    thetas = [np.array([[1, 0, 0, 0, 1, 0.2]] * 2), np.array([[0.0, 0], [0.4, 0]])]
    assert displacements([affine, shift], thetas) == pytest.approx([1, 2])


def test_displacements_of_points_that_are_not_finite():
    projective = transformer("projective", (3, 3), (3, 3))
    theta = np.array([[1.0, 0, 0, 0, 1, 0, 1, 0]])  # x = -1 is mapped to infinity
    assert np.isfinite(displacements([projective], [theta])).all()
