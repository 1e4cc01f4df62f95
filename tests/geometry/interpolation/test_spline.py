import numpy as np
import pytest
from scipy.interpolate import BSpline as Basis
from scipy.ndimage import spline_filter

from stnctl.geometry import PADDINGS
from stnctl.geometry.interpolation.spline import MARGIN, BSpline
from stnctl.geometry.padding import Padding
from stnctl.geometry.registries import INTERPOLATIONS
from tests.geometry.arrays import maps
from tests.geometry.interpolation.lines import random_line, taps

every_degree = pytest.mark.parametrize("degree", [2, 3])


def test_bspline_preset():
    assert INTERPOLATIONS["quadratic"] == BSpline(2)
    assert INTERPOLATIONS["cubic"] == BSpline(3)


@every_degree
def test_taps_golden_scipy(degree):
    """Weights and slopes are those of the B-spline basis function."""
    x, size = random_line(9), 9
    basis = Basis.basis_element(np.arange(degree + 2) - (degree + 1) / 2, extrapolate=False)
    slopes = basis.derivative()
    index, weight, slope = taps(BSpline(degree), x, size, Padding("border"))
    offset = x[0, 0] - (index - MARGIN)
    np.testing.assert_allclose(weight, np.nan_to_num(basis(offset)), rtol=0, atol=1e-14)
    np.testing.assert_allclose(slope, np.nan_to_num(slopes(offset)), rtol=0, atol=1e-14)


@every_degree
def test_prefilter_golden_scipy(degree):
    """With reflection at centers, the coefficients are SciPy's."""
    U = maps(1, 5, 7, 1)
    found = BSpline(degree).prefilter(U, Padding("reflection", align_corners=True))
    expected = spline_filter(U[0, :, :, 0], order=degree, mode="mirror")
    np.testing.assert_allclose(found[0, :, :, 0], expected, rtol=0, atol=1e-13)


@every_degree
@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("size", [(1, 1), (1, 6), (4, 7)])
def test_prefilter_roundtrip(degree, size, padding, align_corners):
    """The spline of the coefficients interpolates all pixels of U."""
    U, rule = maps(1, *size, 1), Padding(padding, 0.7, align_corners)
    C = BSpline(degree).prefilter(U, rule)[0, :, :, 0]
    middle, side = {2: (6 / 8, 1 / 8), 3: (4 / 6, 1 / 6)}[degree]
    if padding == "reflection":
        C = np.pad(C, 1, "reflect" if align_corners else "symmetric")
    else:
        C = C[MARGIN - 1 : 1 - MARGIN, MARGIN - 1 : 1 - MARGIN]
    for _ in range(2):
        C = (middle * C[1:-1] + side * (C[:-2] + C[2:])).T
    np.testing.assert_allclose(C, U[0, :, :, 0], rtol=0, atol=1e-13)


@pytest.mark.parametrize("degree", [1, 4])
def test_spline_rejects_degree(degree):
    with pytest.raises(ValueError, match=f"degree must be 2 or 3, got {degree}"):
        BSpline(degree)
