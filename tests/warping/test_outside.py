import numpy as np
import pytest

from stnctl.geometry.registries import TRANSFORMS
from stnctl.geometry.tiled import warp_tiled
from stnctl.geometry.transforms.flow import Flow
from stnctl.warping.outside import is_outside
from stnctl.warping.theta_path import MapSizes, ThetaPath


def outside(theta, input_size=(4, 5), output_size=(4, 5), *, name="affine", align_corners=True):
    path = ThetaPath(name, TRANSFORMS[name], np.array(theta, "float64"))
    return is_outside(path, MapSizes(input_size, output_size, align_corners))


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize(
    ("pixels", "expected"), [(0, False), (4.9, False), (5.1, True), (-4.9, False), (-5.1, True)]
)
def test_is_outside_preset(pixels, expected, align_corners):
    """A pixel beyond the center of the last pixel."""
    tx = 2 * pixels / (5 - align_corners)
    assert outside([1, 0, tx, 0, 1, 0], align_corners=align_corners) == expected


@pytest.mark.parametrize("align_corners", [True, False])
def test_is_outside_of_one_pixel(align_corners):
    """A line of pixels that moves sideways by a pixel."""
    assert not outside([1, 0, 0, 0, 1, 1.9], (1, 9), (1, 9), align_corners=align_corners)
    assert outside([1, 0, 0, 0, 1, 2], (1, 9), (1, 9), align_corners=align_corners)


def test_is_outside_finds_a_single_pixel():
    """Zoomed out so far that a coarse grid has no point on U."""
    theta = [300, 0, 150, 0, 300, 150.0]
    size = (400, 500)
    assert not outside(theta, output_size=size)
    V = warp_tiled(np.ones((4, 5, 1)), np.array(theta), output_size=size)
    assert 0 < V.sum() < 20
    assert outside([300, 0, 400, 0, 300, 0], output_size=size)


def test_is_outside_of_other_families():
    assert outside([1, 0, 5, 0, 1, 0, 0, 0], name="projective")
    assert not outside([0.0, 0] * 16, name="thin_plate_spline")
    assert outside([np.nan, 0, 0, 0, 1, 0])
    flow = ThetaPath("flow", Flow((4, 5)), np.full(40, 2.0))
    assert not is_outside(flow, MapSizes((4, 5), (4, 5)))
    far = ThetaPath("flow", Flow((4, 5)), np.full(40, 2.9))
    assert is_outside(far, MapSizes((4, 5), (4, 5)))
