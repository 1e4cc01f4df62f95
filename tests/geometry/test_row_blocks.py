import os

import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS, row_blocks
from stnctl.geometry.transforms.flow import Flow


def test_default_threads_preset(monkeypatch):
    """The CPUs that the process may use, up to the maximum."""
    for allowed, expected in (({3}, 1), ({0, 2, 5}, 3), (set(range(99)), row_blocks.MAX_THREADS)):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, a=allowed: a, raising=False)
        assert row_blocks.default_threads() == expected
    monkeypatch.delattr(os, "sched_getaffinity")
    for count, expected in ((None, 1), (2, 2)):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        assert row_blocks.default_threads() == expected


@pytest.mark.parametrize(
    "transform", [TRANSFORMS["affine"], TRANSFORMS["projective"], Flow((2, 2))]
)
@pytest.mark.parametrize("align_corners", [True, False])
def test_point_rows_is_the_grid(transform, align_corners):
    """Rows of the grid, as separate x and y."""
    theta = transform.identity() + np.linspace(-0.3, 0.3, transform.num_params)
    rows = row_blocks.point_rows(transform, theta, (7, 5), align_corners)
    grid = transform.grid(theta[None], (7, 5), align_corners=align_corners)
    np.testing.assert_array_equal(np.stack(rows(2, 6), axis=-1), grid[:, 2:6])


def test_row_blocks_preset(monkeypatch):
    """At least one row each, up to `BLOCK_POINTS` points; the last block may be smaller."""
    monkeypatch.setattr(row_blocks, "BLOCK_POINTS", 32)
    assert list(row_blocks.row_blocks(7, 10)) == [(0, 3), (3, 6), (6, 7)]
    assert list(row_blocks.row_blocks(2, 99)) == [(0, 1), (1, 2)]
