from dataclasses import replace

import numpy as np
import pytest
from skimage.transform import ProjectiveTransform

from stnctl.data.distortions.counter_rng import CounterRNG, normal_from_uniform
from stnctl.data.distortions.step_rules import moved_corners
from stnctl.geometry.homography import homographies_to_rectangle
from tests.data.distortions.reference import corners_of
from tests.geometry.test_homography import mapped

CORNERS = corners_of((28, 28))
DRAWS = CounterRNG(0, "train")


def drawn(size, std=5.0):
    return moved_corners(CORNERS, std, DRAWS.uniform(size, 8), DRAWS)


def test_moved_corners_brings_corners_back():
    """They lie before the horizon, and so does the center, whose denominator is 1."""
    for offsets, matrix in zip(*drawn(500), strict=True):
        found, w = mapped(matrix, CORNERS + offsets)
        np.testing.assert_allclose(found, CORNERS, rtol=0, atol=1e-9)
        assert w.min() > 0
        assert matrix[2, 2] == 1


def test_moved_corners_golden():
    """As scikit-image estimates them from four pairs of points."""
    for offsets, matrix in zip(*drawn(100), strict=True):
        expected = ProjectiveTransform.from_estimate(CORNERS + offsets, CORNERS).params
        np.testing.assert_allclose(matrix, expected / expected[2, 2], rtol=1e-7, atol=1e-9)


def test_moved_corners_identity():
    offsets, matrix = drawn(3, std=0.0)
    np.testing.assert_array_equal(offsets, np.zeros((3, 4, 2)))
    np.testing.assert_allclose(matrix, np.tile(np.eye(3), (3, 1, 1)), rtol=0, atol=1e-15)


def test_moved_corners_draws_few_again():
    """0.73 % of 100,000, and only those: the others keep what was drawn first."""
    offsets, _ = drawn(100_000)
    first = normal_from_uniform(DRAWS.uniform(100_000, 8), 5.0).reshape(-1, 4, 2)
    again = (offsets != first).any(axis=(1, 2))
    _, good = homographies_to_rectangle(CORNERS, CORNERS + first)
    np.testing.assert_array_equal(again, ~good)
    assert again.mean() == pytest.approx(0.0073, abs=0.0003)


def test_moved_corners_draws_again_by_index_alone():
    """Half of so wide a spread is refused, some of it many times; what others do has no part."""
    uniform = DRAWS.uniform(400, 8)
    offsets, matrices = moved_corners(CORNERS, 13.0, uniform, DRAWS)
    at_rest = np.where(np.arange(400)[:, None] % 3, uniform, 0.0)
    others, other_matrices = moved_corners(CORNERS, 13.0, at_rest, DRAWS)
    same = np.arange(400) % 3 > 0
    np.testing.assert_array_equal(others[same], offsets[same])
    np.testing.assert_allclose(other_matrices[same], matrices[same], rtol=1e-9, atol=1e-12)
    assert not others[~same].any()


def test_moved_corners_draws_again_from_the_stream():
    """Each step has its own; what is not refused comes from the numbers that all steps share."""
    uniform = DRAWS.uniform(400, 8)
    one, _ = moved_corners(CORNERS, 13.0, uniform, DRAWS)
    other, _ = moved_corners(CORNERS, 13.0, uniform, replace(DRAWS, stream=3))
    first = normal_from_uniform(uniform, 13.0).reshape(-1, 4, 2)
    kept = (one == first).all(axis=(1, 2))
    assert 100 < kept.sum() < 300
    np.testing.assert_array_equal(one[kept], other[kept])
    assert (one[~kept] != other[~kept]).all()


@pytest.mark.parametrize(("size", "std"), [((28, 28), 13.6), ((60, 11), 5.1)])
def test_moved_corners_rejects_more_than_half_a_side(size, std):
    with pytest.raises(ValueError, match="expected at most half of its shorter side"):
        moved_corners(corners_of(size), std, DRAWS.uniform(1, 8), DRAWS)


def test_moved_corners_rejects_a_side_of_one_pixel():
    with pytest.raises(ValueError, match="a side of one pixel has no corners to move"):
        moved_corners(corners_of((28, 1)), 0.0, DRAWS.uniform(1, 8), DRAWS)


def test_moved_corners_accepts_half_a_side():
    offsets, _ = drawn(10_000, std=13.5)
    assert np.abs(offsets).max() > 27
