import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from stnctl.geometry import bounded
from tests.geometry.runners import RUNNERS, TENSOR_RUNNERS, gradients, on_tensors
from tests.geometry.tolerance import TOLERANCE
from tests.geometry.transforms.families import DOUBLE, FAMILIES

EVERY = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
NUMBERS = st.floats(-100, 100)


@st.composite
def ranges(draw):
    """Return identities, lows and highs of three parameters, the identity in between."""
    identity = np.array([draw(NUMBERS) for _ in range(3)])
    below, above = ([draw(st.floats(0.01, 100)) for _ in range(3)] for _ in range(2))
    return identity, np.stack([identity - below, identity + above], axis=-1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_bounded_identity(runner, dtype):
    """Zero, where every head starts, is the identity of each family, to the bit."""
    zeros = [np.zeros((2, family.num_params), dtype) for family in FAMILIES.values()]

    def run(*zeros):
        pairs = zip(FAMILIES.values(), zeros, strict=True)
        return [bounded(raw, family.identity(), family.bounds) for family, raw in pairs]

    for family, found in zip(FAMILIES.values(), runner(run, *zeros), strict=True):
        expected = np.stack([family.identity().astype(dtype)] * 2)
        np.testing.assert_array_equal(found, expected, strict=True)


@given(case=ranges())
@settings(deadline=None)
def test_bounded_random_identity(case):
    identity, bounds = case
    for dtype in ("float32", "float64"):
        found = bounded(np.zeros((1, 3), dtype), identity, bounds)
        np.testing.assert_array_equal(found, identity[None].astype(dtype), strict=True)


@given(case=ranges(), raw=st.tuples(*[st.floats(-30, 30)] * 3))
@settings(deadline=None)
def test_bounded_golden_scipy(case, raw):
    """By the addition theorem it is the logistic function, shifted and scaled."""
    identity, bounds = case
    low, high = bounds.T
    shift = logit((identity - low) / (high - low))
    expected = low + (high - low) * expit(np.array(raw) + shift)
    found = bounded(np.array([raw]), identity, bounds)[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-11 * np.abs(bounds).max())


@given(case=ranges(), raw=st.floats(-1e30, 1e30), step=st.floats(0, 1e3))
@settings(deadline=None)
def test_bounded_random_monotone(case, raw, step):
    """It increases with raw and stays within the bounds, up to rounding."""
    identity, bounds = case
    low, high = bounds.T
    rounding = 1e-13 * np.abs(bounds).max()
    found, more = bounded(np.array([[raw] * 3, [raw + step] * 3]), identity, bounds)
    assert (more >= found - rounding).all()
    assert (found >= low - rounding).all()
    assert (more <= high + rounding).all()


@EVERY
@pytest.mark.parametrize("huge", [50, 1e30, np.inf])
def test_bounded_preset_ends(family, huge):
    """Theta stays within the bounds of its family for any input, in single precision too."""
    low, high = np.float32(family.bounds).T
    raw = np.array([[-huge], [huge]], "float32") * np.ones(family.num_params, "float32")
    np.testing.assert_array_equal(bounded(raw, family.identity(), family.bounds), [low, high])


def test_bounded_preset_near_a_bound():
    """With the identity almost at a bound, single precision still reaches the other bound."""
    bounds = np.array([[-1e-4, 90.0], [-90.0, 1e-4]])
    found = bounded(np.float32([[40, 40], [-40, -40]]), np.zeros(2), bounds)
    np.testing.assert_allclose(found, bounds.T[::-1], rtol=1e-6)


def test_bounded_preset_tanh():
    """With the identity in the middle it is a scaled tanh."""
    raw = np.linspace(-5, 5, 11)[:, None]
    found = bounded(raw, np.array([0.5]), np.array([[-1.5, 2.5]]))
    np.testing.assert_allclose(found, 0.5 + 2 * np.tanh(raw / 2), rtol=0, atol=1e-15)


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_bounded_jacobian_identity(runner):
    """At 0 the slope is (identity - low) (high - identity) / (high - low), and never 0."""
    identity, bounds = np.array([1.0, 0.0, -0.5]), np.array([[-2, 2], [-0.45, 0.45], [-1, 3]])
    (found,) = gradients(
        lambda raw: bounded(raw, identity, bounds), 1.0, np.zeros((1, 3)), runner=runner
    )
    np.testing.assert_allclose(found, [[0.75, 0.225, 0.5 * 3.5 / 4]], rtol=TOLERANCE[DOUBLE])


def test_bounded_jacobian():
    identity, bounds = np.array([1.0, 0.0, -0.5]), np.array([[-2, 2], [-0.45, 0.45], [-1, 3]])
    raw = np.random.default_rng(0).uniform(-4, 4, (6, 3))
    (found,) = gradients(lambda raw: bounded(raw, identity, bounds), 1.0, raw)
    ahead, behind = (bounded(raw + step, identity, bounds) for step in (1e-6, -1e-6))
    np.testing.assert_allclose(found, (ahead - behind) / 2e-6, rtol=0, atol=100 * TOLERANCE[DOUBLE])


def test_bounded_jacobian_huge():
    """Far out the slope is 0, and never NaN."""
    raw = np.array([[-1e30, 1e30, 1e3]], "float32")
    identity, bounds = np.array([1.0, 0.0, -0.5]), np.array([[-2, 2], [-0.45, 0.45], [-1, 3]])
    (found,) = gradients(lambda raw: bounded(raw, identity, bounds), 1.0, raw)
    np.testing.assert_array_equal(found, np.zeros((1, 3), "float32"), strict=True)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 2), (2, 3), (2, 0), (np.nan, 2)])
def test_bounded_rejects(low, high):
    raw, identity, bounds = np.zeros((1, 2)), np.array([0.0, 1.0]), np.array([[-1, 1], [low, high]])
    for run in (lambda f, *a: f(*a), on_tensors):
        with pytest.raises(ValueError, match=r"the identity \[0\. 1\.\] must be within the bounds"):
            run(lambda raw: bounded(raw, identity, bounds), raw)


def test_bounded_rejects_shapes():
    with pytest.raises(ValueError, match=r"3 parameters need an identity of shape \(3,\)"):
        bounded(np.zeros((2, 3)), np.zeros(2), np.tile([-1.0, 1.0], (2, 1)))
