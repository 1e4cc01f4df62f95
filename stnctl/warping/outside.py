"""Check for warps that read no point of U."""

import numpy as np

from stnctl.geometry.grid import half_span
from stnctl.geometry.row_blocks import point_rows, row_blocks
from stnctl.warping.image_warper import fit_within
from stnctl.warping.theta_path import MapSizes, ThetaPath

OUTSIDE_NOTE = "all of V is outside U, so V shows the padding, not the image"

_COARSE_SIDE = 64
"""Longest side of the grid that is checked first; it finds nearly every warp that reads U."""


def is_outside(path: ThetaPath, maps: MapSizes) -> bool:
    """Return whether all pixels of V read points outside U.

    Up to one pixel beyond the centers of the outermost pixels, `bilinear` still reads U, so these
    points do not count as outside.

    Args:
        path: The transform and its theta.
        maps: Sizes of U and V.
    """
    height, width = maps.input_size
    reach = (np.array([width, height]) + 1) / 2  # pixels from the center
    limit = reach / half_span(maps.input_size, align_corners=maps.align_corners)
    coarse = fit_within(maps.output_size, _COARSE_SIDE)
    sizes = [coarse, maps.output_size] if path.transform.pointwise else [maps.output_size]
    for size in sizes:
        points = point_rows(path.transform, path.theta, size, maps.align_corners)
        for block in row_blocks(*size):
            x, y = map(np.abs, points(*block))
            if ((x < limit[0]) & (y < limit[1])).any():
                return False
    return True
