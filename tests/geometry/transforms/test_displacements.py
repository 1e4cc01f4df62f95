import numpy as np
import pytest

from stnctl.geometry.transforms.flow import Flow
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline

EVERY = pytest.mark.parametrize("kind", [Flow, ThinPlateSpline])


@EVERY
def test_parameters_preset(kind):
    """Two numbers for each point, row by row."""
    family = kind((2, 3))
    assert family.lattice == (2, 3)
    assert family.parameters[:4] == ("dx0", "dy0", "dx1", "dy1")
    assert family.num_params == len(family.parameters) == 12
    np.testing.assert_array_equal(family.identity(), np.zeros(12))


@EVERY
def test_lattice_preset_lists(kind):
    """Lists become tuples, so that the family is hashable."""
    family = kind([4, 3])
    assert family == kind((4, 3))
    assert hash(family) == hash(kind((4, 3)))
    assert family.grid(np.zeros((1, 24)), (5, 6)).shape == (1, 5, 6, 2)


@EVERY
@pytest.mark.parametrize("align_corners", [True, False])
def test_describe_preset_one_pixel(kind, align_corners):
    """On an axis of one pixel, here the rows, 1 is half a pixel."""
    theta = np.tile([0.0, 1.0], 6)
    parts = kind((2, 3)).describe(theta, (1, 9), align_corners=align_corners)
    assert parts["mean_displacement"] == parts["translation_y"] == pytest.approx(0.5)
