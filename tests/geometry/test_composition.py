import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry import TRANSFORMS, compose, warp
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.projective import Projective
from tests.geometry.arrays import maps
from tests.geometry.runners import TENSOR_RUNNERS, gradients
from tests.geometry.tolerance import assert_close
from tests.geometry.transforms.families import MATRICES, random_thetas

NAMES = st.sampled_from(sorted(MATRICES))
SEEDS = st.integers(0, 2**32 - 1)


def test_compose_preset():
    """The last map is applied first."""
    zoom, right = (
        TRANSFORMS[name].matrix(np.array([theta]))
        for name, theta in [("attention", [0.5, 0.0, 0.0]), ("translation", [0.5, 0.0])]
    )
    np.testing.assert_array_equal(compose(zoom, right)[0], [[0.5, 0, 0.25], [0, 0.5, 0], [0, 0, 1]])
    np.testing.assert_array_equal(compose(right, zoom)[0], [[0.5, 0, 0.5], [0, 0.5, 0], [0, 0, 1]])


@given(first=NAMES, second=NAMES, seed=SEEDS)
@settings(deadline=None, max_examples=60)
def test_compose_random(first, second, seed):
    """The grid of a composition is one transform applied to the grid of the other."""
    A, B = MATRICES[first], MATRICES[second]
    theta_a, theta_b = (
        random_thetas(A, 2, seed, reach=0.3),
        random_thetas(B, 2, seed + 1, reach=0.3),
    )
    both = Projective().from_matrix(compose(A.matrix(theta_a), B.matrix(theta_b)))
    expected = A.apply(theta_a, B.grid(theta_b, (3, 4)))
    found = Projective().grid(both, (3, 4))
    scale = 1 + np.abs(expected).max()
    np.testing.assert_allclose(found / scale, expected / scale, rtol=0, atol=1e-9)


def test_compose_random_affine():
    """Affine maps stay affine, and one sampling of a smooth U is close to two samplings."""
    family = Affine()
    A, B = random_thetas(family, reach=0.05), random_thetas(family, reach=0.05, seed=1)
    both = family.from_matrix(compose(family.matrix(A), family.matrix(B)))
    x, y = np.moveaxis(regular_grid((41, 41), dtype="float64"), -1, 0)
    U = np.broadcast_to(np.cos(x + 2 * y)[None, ..., None], (3, 41, 41, 1))
    inner = np.s_[:, 6:-6, 6:-6]
    twice = warp(warp(U, A), B)
    np.testing.assert_allclose(warp(U, both)[inner], twice[inner], rtol=0, atol=5e-3)


@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_compose_random_backends(runner):
    """As in an iterative model: each step is composed with the steps before."""
    thetas = [random_thetas(Affine(), seed=seed).astype("float32") for seed in range(3)]

    def run(*thetas):
        total = Affine().matrix(thetas[0])
        for theta in thetas[1:]:
            total = compose(total, Affine().matrix(theta))
        return Affine().from_matrix(total)

    expected = run(*(theta.astype("float64") for theta in thetas))
    found = runner(run, *thetas)
    assert found.dtype == "float32"
    assert_close(found, expected, "float32")
    weights = maps(3, 6).astype("float32")
    exact = gradients(run, weights.astype("float64"), *(t.astype("float64") for t in thetas))
    for slope, of_double in zip(
        gradients(run, weights, *thetas, runner=runner), exact, strict=True
    ):
        assert_close(slope, of_double, "float32")


@given(seed=SEEDS)
@settings(deadline=None, max_examples=30)
def test_compose_random_many(seed):
    """Composition is associative; a single matrix is itself."""
    A, B, C, D = (Projective().matrix(random_thetas(Projective(), 2, seed + k)) for k in range(4))
    whole = compose(A, B, C, D)
    assert_close(whole, A @ B @ C @ D, "float64")
    np.testing.assert_array_equal(whole, compose(compose(compose(A, B), C), D))
    np.testing.assert_allclose(whole, compose(compose(A, B), compose(C, D)), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(compose(A), A)


def test_compose_identity():
    theta = random_thetas(TRANSFORMS["similarity"])
    matrix = TRANSFORMS["similarity"].matrix(theta)
    back = TRANSFORMS["similarity"].matrix(TRANSFORMS["similarity"].inverse(theta))
    np.testing.assert_array_equal(compose(np.eye(3)[None], matrix), matrix)
    np.testing.assert_allclose(compose(matrix, back), [np.eye(3)] * 3, rtol=0, atol=1e-14)


def test_compose_rejects():
    with pytest.raises(ValueError, match="compose needs at least one matrix"):
        compose()
    for shape in [(3, 3), (1, 2, 3), (1, 3, 3, 1), (1, 6)]:
        with pytest.raises(ValueError, match=r"must have shape \(B, 3, 3\), got") as caught:
            compose(np.eye(3)[None], np.zeros(shape))
        assert str(shape) in str(caught.value)
    with pytest.raises(TypeError, match="a NumPy array or a tensor, got list"):
        compose([[[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]])
