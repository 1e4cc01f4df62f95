import numpy as np
import pytest

from stnctl.geometry.transforms.base import determinant, require
from tests.geometry.runners import on_numpy, on_tensors, tensor


@pytest.mark.parametrize("run", [on_numpy, on_tensors])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_determinant_preset(run, dtype):
    """What is left of equal terms by rounding is 0; what is small but known stays."""
    first = np.array([0.1 * 0.9, 2.0, 1e-20, 0.0, 1.0], dtype)
    second = np.array([-0.3 * 0.3, 3.0, 1e-20, 0.0, -0.999], dtype)
    found = run(lambda *terms: determinant(terms), first, second)
    expected = np.array([0, 5, 2e-20, 0, first[4] + second[4]], dtype)
    np.testing.assert_array_equal(found, expected, strict=True)


def test_determinant_preset_not_finite():
    with np.errstate(invalid="ignore"):
        found = determinant([np.array([np.nan, np.inf]), np.array([1.0, -np.inf])])
    assert np.isnan(found).all()


@pytest.mark.parametrize("holds", [np.array([True, False]), np.float64(1) < 0])
def test_require_rejects(holds):
    with pytest.raises(ValueError, match="all must be well"):
        require(holds, "all must be well")


def test_require_preset_passes_tensors():
    """What a tensor holds is not known while a graph is built."""
    require(np.array([True, True]), "unused")
    require(tensor(np.array([False])), "unused")
