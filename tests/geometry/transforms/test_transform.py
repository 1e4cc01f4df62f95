import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry.grid import regular_grid
from stnctl.geometry.transforms.attention import Attention
from stnctl.geometry.transforms.transform import MatrixTransform, Transform, determinant, require
from tests.geometry.runners import on_numpy, on_tensors, tensor
from tests.geometry.tolerance import assert_close
from tests.geometry.transforms.families import FAMILIES, INVERTIBLE, random_thetas

SEEDS = st.integers(0, 2**32 - 1)
EVERY = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
EVERY_INVERTIBLE = pytest.mark.parametrize("family", INVERTIBLE.values(), ids=INVERTIBLE)
NOT_FINITE = [np.nan, np.inf, -np.inf]


@pytest.mark.parametrize("run", [on_numpy, on_tensors])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_determinant_preset(run, dtype):
    """A difference of equal terms is 0 up to rounding; small terms stay."""
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
    """The values of a tensor are unknown while a graph is built."""
    require(np.array([True, True]), "unused")
    require(tensor(np.array([False])), "unused")


@EVERY_INVERTIBLE
@given(seed=SEEDS)
@settings(deadline=None, max_examples=30)
def test_inverse_roundtrip(family, seed):
    theta = random_thetas(family, batch=2, seed=seed, reach=0.15)
    inverse = family.inverse(theta)
    assert inverse.shape == theta.shape
    unit = np.broadcast_to(np.eye(3), (2, 3, 3))
    there_and_back = family.matrix(inverse) @ family.matrix(theta)
    np.testing.assert_allclose(there_and_back / there_and_back[:, 2:, 2:], unit, rtol=0, atol=1e-9)
    back = family.apply(inverse, family.grid(theta, (3, 4)))
    expected = np.stack([regular_grid((3, 4), dtype="float64")] * 2)
    np.testing.assert_allclose(back, expected, rtol=0, atol=1e-9)


@EVERY_INVERTIBLE
def test_inverse_identity(family):
    identity = family.identity()[None]
    np.testing.assert_array_equal(family.inverse(identity), identity, strict=True)


def test_inverse_random_backends():
    for family in INVERTIBLE.values():
        theta = random_thetas(family)
        found = on_tensors(family.inverse, theta.astype("float32"))
        assert found.dtype == "float32"
        assert_close(found, family.inverse(theta), "float32")


@EVERY_INVERTIBLE
@pytest.mark.parametrize("value", NOT_FINITE)
def test_inverse_rejects_not_finite(family, value):
    theta = random_thetas(family)
    theta[1, -1] = value
    with pytest.raises(
        ValueError, match=f"{type(family).__name__} has no inverse for theta .*{value}"
    ):
        family.inverse(theta)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("thin_plate_spline", "ThinPlateSpline has no inverse in closed form"),
        ("flow", "Flow has no inverse in closed form"),
        ("constrained_affine", r"no inverse of its kind; invert Affine\(\).from_matrix"),
    ],
)
def test_inverse_rejects_family(name, message):
    with pytest.raises(ValueError, match=message):
        FAMILIES[name].inverse(random_thetas(FAMILIES[name]))


def test_inverse_rejects_family_without_one():
    """A family of matrices, whose inverse matrices exist but may not be in the family."""

    class HalfTurn(Attention):
        _inverted = Transform._inverted

    with pytest.raises(ValueError, match="HalfTurn has no inverse in its family"):
        HalfTurn().inverse(np.ones((1, 3)))


@EVERY
def test_theta_rejects_shape(family):
    short, flat = np.zeros((2, family.num_params + 1)), np.zeros(family.num_params)
    calls = [lambda theta: family.grid(theta, (2, 2)), family.inverse]
    calls += [family.matrix] if isinstance(family, MatrixTransform) else []
    for call in calls:
        for theta in (short, flat, short[None]):
            with pytest.raises(ValueError, match=r"must have shape \(B, \d+\), got") as caught:
                call(theta)
            assert str(theta.shape) in str(caught.value)
    for theta in (short, short[0], flat[None]):
        with pytest.raises(ValueError, match=rf"shape \({family.num_params}\), got"):
            family.describe(theta, (2, 2))


@EVERY
def test_theta_rejects_dtype(family):
    theta = np.zeros((1, family.num_params), int)
    for call in (lambda theta: family.grid(theta, (2, 2)), family.inverse):
        with pytest.raises(ValueError, match="theta must be floating, got int64"):
            call(theta)
        with pytest.raises(TypeError, match="a NumPy array or a tensor, got list"):
            call(theta.tolist())
    with pytest.raises(ValueError, match="theta must be floating, got int64"):
        family.describe(theta[0], (2, 2))


@EVERY
def test_invertible_preset(family):
    """A family that is not invertible rejects every theta."""
    theta = random_thetas(family, reach=0.1)
    if family.invertible:
        assert np.isfinite(family.inverse(theta)).all()
    else:
        with pytest.raises(ValueError, match="has no inverse"):
            family.inverse(theta)
