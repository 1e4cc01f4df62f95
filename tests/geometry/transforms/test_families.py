"""Properties of every family."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry import sample
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.namespace import dtype_name
from stnctl.geometry.transforms.displacements import Displacements
from stnctl.geometry.transforms.transform import MatrixTransform
from tests.geometry.arrays import maps
from tests.geometry.runners import (
    RUNNERS,
    compiled,
    gradients,
    keras,
    on_tensors,
    tensor,
    tensorflow,
)
from tests.geometry.tolerance import assert_close
from tests.geometry.transforms.differences import central_differences
from tests.geometry.transforms.families import (
    DOUBLE,
    FAMILIES,
    MATRICES,
    mapped,
    random_thetas,
)

SEEDS = st.integers(0, 2**32 - 1)
EVERY = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
EVERY_MATRIX = pytest.mark.parametrize("family", MATRICES.values(), ids=MATRICES)
NOT_FINITE = [np.nan, np.inf, -np.inf]


@EVERY
def test_parameters_preset(family):
    assert len(set(family.parameters)) == len(family.parameters) == family.num_params > 0
    assert family.identity().dtype == "float64"
    assert family.identity().shape == (family.num_params,)


@EVERY
def test_family_preset_kind(family):
    """A family either has matrices or displaces points."""
    assert isinstance(family, MatrixTransform) != isinstance(family, Displacements)


@EVERY
def test_family_preset_docstring(family):
    """The docs page is written from these sections."""
    text = inspect.getdoc(type(family))
    assert "\nFormula:\n" in text
    assert "\nWhen to use it:\n" in text


@EVERY
def test_bounds_preset(family):
    low, high = np.array(family.bounds).T
    assert low.shape == (family.num_params,)
    assert (low < family.identity()).all()
    assert (family.identity() < high).all()


@EVERY
@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_grid_identity(family, dtype, align_corners):
    theta = np.tile(family.identity().astype(dtype), (2, 1))
    for size in [(4, 7), (5, 4), (1, 1)]:
        expected = regular_grid(size, align_corners=align_corners, dtype=dtype)
        found = family.grid(theta, size, align_corners=align_corners)
        np.testing.assert_array_equal(found, np.stack([expected] * 2), strict=True)


@pytest.mark.parametrize(
    ("runner", "dtype"), [(on_tensors, "float32"), (on_tensors, "float64"), (compiled, "float32")]
)
def test_grid_random_backends(runner, dtype):
    """All families in one graph give the grids of NumPy in float64."""
    thetas = [random_thetas(family) for family in FAMILIES.values()]

    def run(*thetas):
        return [
            family.grid(theta, (5, 4)) for family, theta in zip(FAMILIES.values(), thetas, strict=1)
        ]

    found = runner(run, *(theta.astype(dtype) for theta in thetas))
    for grid, expected in zip(found, run(*thetas), strict=True):
        precision = min(dtype, DOUBLE)
        assert grid.dtype in (dtype, precision)
        assert_close(grid, expected, precision)


def test_grid_random_unknown_batch():
    """A graph with an unknown batch size gives the grids of NumPy."""
    tf = tensorflow()
    thetas = [random_thetas(family) for family in FAMILIES.values()]

    def run(*thetas):
        return [family.grid(t, (3, 6)) for family, t in zip(FAMILIES.values(), thetas, strict=True)]

    signature = [
        tf.TensorSpec([None, family.num_params], "float64") for family in FAMILIES.values()
    ]
    found = on_tensors(tf.function(run, input_signature=signature), *thetas)
    for grid, expected in zip(found, run(*thetas), strict=True):
        assert_close(grid, expected, "float64")


@EVERY
def test_grid_preset_half_precision(family):
    """Thetas in half precision give a grid in float32, on NumPy and on tensors."""
    theta = random_thetas(family, dtype="float16")
    expected = family.grid(theta.astype("float32"), (5, 4))
    np.testing.assert_array_equal(family.grid(theta, (5, 4)), expected, strict=True)
    for dtype in ("float16", "bfloat16"):
        grid = family.grid(keras().ops.cast(tensor(theta), dtype), (5, 4))
        assert dtype_name(grid) == "float32"


@EVERY
def test_apply_random_batch_of_points(family):
    """Points that differ within the batch are mapped by their own theta, in any namespace."""
    theta = random_thetas(family)
    points = np.random.default_rng(1).uniform(-1, 1, (3, 2, 5, 2))
    expected = [family.apply(t[None], p)[0] for t, p in zip(theta, points, strict=True)]
    assert_close(family.apply(theta, points), np.array(expected), "float64")
    assert_close(on_tensors(family.apply, theta, points), np.array(expected), DOUBLE)


@EVERY
@pytest.mark.parametrize("align_corners", [True, False])
def test_grid_jacobian(family, align_corners):
    """Grids are smooth in theta; projective ones also next to the horizon, where w is 0.1."""
    theta, weights = random_thetas(family, batch=2, reach=0.9), maps(2, 3, 6, 2)

    def run(theta):
        return family.grid(theta, (3, 6), align_corners=align_corners)

    (found,) = gradients(run, weights, theta)
    expected = central_differences(lambda theta: weights * run(theta), theta)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)


@EVERY_MATRIX
@given(seed=SEEDS)
@settings(deadline=None, max_examples=20)
def test_matrix_random(family, seed):
    """The grid is the regular grid, mapped by the homogeneous matrix."""
    theta = random_thetas(family, batch=2, seed=seed)
    matrices = family.matrix(theta)
    assert matrices.shape == (2, 3, 3)
    expected = [mapped(m, regular_grid((3, 4), dtype="float64")) for m in matrices]
    assert_close(family.grid(theta, (3, 4)), np.array(expected), "float64")


@EVERY
@pytest.mark.parametrize("value", NOT_FINITE)
def test_grid_preset_not_finite(family, value):
    """No warning, and no effect on the rest of the batch; NaN is outside U."""
    theta = random_thetas(family, batch=family.num_params + 1)
    expected = family.grid(theta, (5, 4))[-1]
    np.fill_diagonal(theta, value)
    grid = family.grid(theta, (5, 4))
    np.testing.assert_array_equal(grid[-1], expected)
    family.describe(theta[0], (5, 4))
    if isinstance(family, MatrixTransform):
        assert not np.isfinite(family.matrix(theta)[:-1]).all(axis=(1, 2)).any()
    if np.isnan(value) and family is not FAMILIES["flow"]:
        V = sample(maps(len(theta), 5, 4, 1), grid)
        np.testing.assert_array_equal(V[:-1], np.zeros_like(V[:-1]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(set(FAMILIES) - {"diffeomorphic_affine"}))
@given(data=st.data())
@settings(deadline=None, max_examples=20)
def test_grid_random_finite(name, dtype, data):
    """Any finite theta gives a finite grid; only an exponential may overflow."""
    family = FAMILIES[name]
    number = st.floats(-1e30, 1e30) | st.sampled_from([1e30, -1e30, 0.0, 1.0, -1.0])
    row = st.lists(number, min_size=family.num_params, max_size=family.num_params)
    theta = np.array([data.draw(row)], dtype)
    assert np.isfinite(family.grid(theta, (5, 4))).all()


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_grid_preset_finite_backends(runner):
    names = sorted(set(FAMILIES) - {"diffeomorphic_affine"})
    signs = np.random.default_rng(0).choice([-1e30, 0, 1e30], (20, 60)).astype("float32")

    def run(signs):
        return [FAMILIES[n].grid(signs[:, : FAMILIES[n].num_params], (5, 4)) for n in names]

    for grid in runner(run, signs):
        assert np.isfinite(grid).all()


@EVERY
@pytest.mark.parametrize("align_corners", [True, False])
def test_describe_identity(family, align_corners):
    parts = family.describe(family.identity(), (5, 9), align_corners=align_corners)
    assert parts == {name: float(name.startswith("scale")) for name in parts}
    assert {"translation_x", "translation_y"} < set(parts)


@EVERY
@pytest.mark.parametrize("align_corners", [True, False])
def test_pointwise_preset(family, align_corners):
    """For a pointwise family, any part of the grid is `apply` on that part of the lattice."""
    theta = random_thetas(family)
    lattice = regular_grid((9, 7), align_corners=align_corners, dtype="float64")
    part = family.apply(theta, lattice[2:4])
    expected = family.grid(theta, (9, 7), align_corners=align_corners)[:, 2:4]
    assert family.pointwise or family is FAMILIES["flow"]
    assert np.allclose(part, expected, atol=1e-12) == (family.pointwise or align_corners)


@EVERY
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [(5, 4), (1, 1)])
def test_source_axes_is_apply(family, dtype, size):
    """Bit for bit, also for a theta that is not finite."""
    if not family.pointwise:
        return
    lattice = regular_grid(size, dtype="float64")
    x, y = lattice[0, :, 0], lattice[:, 0, 1]
    theta = random_thetas(family, dtype=dtype)
    theta[2, 0] = np.inf
    found = np.stack(family.source_axes(theta, x, y), axis=-1)
    np.testing.assert_array_equal(found, family.apply(theta, lattice), strict=True)
