import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.transform import AffineTransform

from stnctl.geometry import TRANSFORMS
from stnctl.geometry.grid import half_span
from stnctl.geometry.transforms.affine import Affine
from stnctl.geometry.transforms.constraints import NO_SHEAR, NO_TRANSLATION
from tests.geometry.arrays import maps
from tests.geometry.goldens import torch_cases
from tests.geometry.runners import RUNNERS, gradients, on_tensors
from tests.geometry.tolerance import assert_close
from tests.geometry.transforms.families import random_thetas

AFFINE = TRANSFORMS["affine"]
ENTRIES = st.floats(-2, 2)
THETAS = st.tuples(*[ENTRIES] * 6).map(np.array)
SIZES = st.tuples(st.integers(2, 30), st.integers(2, 30))
ENTRY = st.none() | st.sampled_from([0.0, -0.0, 1.0]) | st.floats(-2, 2)
CONSTRAINTS = st.tuples(st.tuples(ENTRY, ENTRY, ENTRY), st.tuples(ENTRY, ENTRY, ENTRY)).filter(
    lambda rows: None in (*rows[0], *rows[1])
)
SINGULAR = [
    [0.0, 0, 1, 0, 0, 0],
    [1, 2, 0, 2, 4, 0],
    [0.1, 0.3, 0, 0.3, 0.9, 0.5],
    [1, 0.5, 0, 0, 0, 0],
]


def test_parameters_preset():
    assert AFFINE.parameters == ("a", "b", "tx", "c", "d", "ty")
    np.testing.assert_array_equal(AFFINE.identity(), [1, 0, 0, 0, 1, 0])


def test_grid_preset():
    theta = np.array([[2.0, 0, 0.5, 0, 3, -0.25], [0, -1, 0, 1, 0, 0]])
    grid = AFFINE.grid(theta, (1, 2))
    np.testing.assert_array_equal(grid[0], [[[-1.5, -0.25], [2.5, -0.25]]])
    np.testing.assert_array_equal(grid[1], [[[0, -1], [0, 1]]])


@pytest.mark.parametrize("case", torch_cases())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_grid_golden_torch(case, dtype):
    if case.theta.shape[-1] != 6:
        pytest.skip("another family")
    found = AFFINE.grid(
        case.theta.astype(dtype), case.output_size, align_corners=case.align_corners
    )
    assert found.dtype == dtype
    assert_close(found, case.grid, dtype)


@given(
    scales=st.tuples(st.floats(0.1, 4), st.floats(0.1, 4)),
    angle=st.floats(-3, 3),
    shift=st.tuples(ENTRIES, ENTRIES),
)
@settings(deadline=None)
def test_matrix_golden_skimage(scales, angle, shift):
    """The product of translation, rotation and scales, and its inverse."""
    expected = AffineTransform(scale=scales, rotation=angle, translation=shift)
    theta = expected.params[:2].reshape(1, 6)
    assert_close(AFFINE.matrix(theta)[0], expected.params, "float64")
    inverse = AFFINE.matrix(AFFINE.inverse(theta))[0]
    np.testing.assert_allclose(inverse, expected.inverse.params, rtol=1e-10, atol=1e-9)


@given(theta=THETAS)
@settings(deadline=None)
def test_from_matrix_roundtrip(theta):
    matrix = AFFINE.matrix(theta[None])
    np.testing.assert_array_equal(AFFINE.from_matrix(matrix), theta[None], strict=True)


def test_from_matrix_roundtrip_backends():
    theta = random_thetas(AFFINE)
    found = on_tensors(lambda theta: AFFINE.from_matrix(AFFINE.matrix(theta)), theta)
    np.testing.assert_array_equal(found, theta, strict=True)


def test_from_matrix_rejects_projective():
    projective = np.eye(3)[None] + np.array([0, 0, 0.1])[:, None] * np.array([1.0, 0, 0])
    with pytest.raises(ValueError, match=r"0 0 1 as its last row; use Projective\(\)\.from_matrix"):
        AFFINE.from_matrix(projective)


@pytest.mark.parametrize("theta", SINGULAR)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_inverse_rejects_singular(theta, dtype):
    """A matrix that is singular up to rounding has no inverse, in either namespace."""
    thetas = np.array([AFFINE.identity(), theta], dtype)
    with pytest.raises(ValueError, match=r"Affine has no inverse for theta .* is singular"):
        AFFINE.inverse(thetas)
    found = on_tensors(AFFINE.inverse, thetas)
    np.testing.assert_array_equal(found[0], thetas[0])
    assert not np.isfinite(found[1]).all()


def test_inverse_preset_tiny():
    """A small determinant is not singular."""
    theta = np.array([[1e-12, 0, 0.5, 0, 1e-12, 0]])
    np.testing.assert_allclose(AFFINE.inverse(theta), [[1e12, 0, -0.5e12, 0, 1e12, 0]])


@given(theta=THETAS, size=SIZES, align_corners=st.booleans())
@settings(deadline=None)
def test_describe_random(theta, size, align_corners):
    """The parts, multiplied together, move pixels as theta moves the same points, normalized."""
    parts = AFFINE.describe(theta, size, align_corners=align_corners)
    angle = np.deg2rad(parts["rotation_degrees"])
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shear, scale = [[1, parts["shear"]], [0, 1]], np.diag([parts["scale_x"], parts["scale_y"]])
    half = half_span(size, align_corners=align_corners)
    expected = theta.reshape(2, 3) * half[:, None] / np.append(half, 1)
    if abs(np.linalg.det(expected[:, :2])) > 1e-6:
        np.testing.assert_allclose(rotation @ shear @ scale, expected[:, :2], rtol=0, atol=1e-8)
    shift = (parts["translation_x"], parts["translation_y"])
    np.testing.assert_array_equal(shift, expected[:, 2])


def test_describe_preset():
    """Rows and columns: 5 x 9 pixels, x is stretched, y is mirrored."""
    parts = AFFINE.describe(np.array([2.0, 0, 0.5, 0, -1, -1]), (5, 9))
    expected = {"rotation_degrees": 0, "scale_x": 2, "scale_y": -1, "shear": 0}
    assert parts == expected | {"translation_x": 2, "translation_y": -2}


def test_describe_preset_one_pixel():
    """An axis of one pixel counts as two: the identity stays the identity."""
    parts = AFFINE.describe(AFFINE.identity(), (1, 5))
    assert (parts["scale_x"], parts["scale_y"]) == (1, 1)


def test_constraints_preset():
    transform = Affine(((None, 0.0, None), (0.0, 2.0, -0.5)))
    assert transform.parameters == ("a", "tx")
    np.testing.assert_array_equal(transform.identity(), [1, 0])
    matrix = transform.matrix(np.array([[3.0, 4.0]]))[0]
    np.testing.assert_array_equal(matrix, [[3, 0, 4], [0, 2, -0.5], [0, 0, 1]])


@pytest.mark.parametrize(
    ("constraints", "parameters"),
    [
        (NO_SHEAR, ("a", "tx", "d", "ty")),
        (NO_TRANSLATION, ("a", "b", "c", "d")),
        (((1, 0, None), (0, 1, None)), ("tx", "ty")),
    ],
)
def test_constraints_preset_named(constraints, parameters):
    transform = Affine(constraints)
    assert transform.parameters == parameters
    np.testing.assert_array_equal(transform.matrix(transform.identity()[None]), [np.eye(3)])


@given(theta=THETAS, constraints=CONSTRAINTS)
@settings(deadline=None)
def test_constraints_random(theta, constraints):
    """A constrained transform is the free one with the same matrix; a fixed 0 stays 0."""
    transform = Affine(constraints)
    fixed = [*constraints[0], *constraints[1]]
    whole = np.array([t if f is None else f for t, f in zip(theta, fixed, strict=True)])[None]
    free = transform.from_matrix(AFFINE.matrix(theta[None]))
    assert free.shape == (1, transform.num_params) == (1, fixed.count(None))
    np.testing.assert_array_equal(transform.matrix(free), AFFINE.matrix(whole))
    np.testing.assert_array_equal(transform.grid(free, (3, 4)), AFFINE.grid(whole, (3, 4)))


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_constraints_preset_backends(runner):
    transform = Affine(((None, 0.0, 0.25), (0.0, None, None)))
    theta = np.array([[0.5, 2.0, -0.125]], "float32")
    found = runner(lambda theta: transform.grid(theta, (1, 2)), theta)
    np.testing.assert_array_equal(found, np.float32([[[[-0.25, -0.125], [0.75, -0.125]]]]))


def test_constraints_jacobian():
    """The gradient is that of the free transform, at the free entries."""
    transform, weights = Affine(((None, 0.0, 0.25), (0.0, None, None))), maps(2, 3, 4, 2)
    whole = np.array([[0.5, 0, 0.25, 0, 2.0, -0.125], [1, 0, 0.25, 0, 1, 3]])
    (expected,) = gradients(lambda theta: AFFINE.grid(theta, (3, 4)), weights, whole)
    (found,) = gradients(lambda theta: transform.grid(theta, (3, 4)), weights, whole[:, [0, 4, 5]])
    np.testing.assert_array_equal(found, expected[:, [0, 4, 5]])


def test_constraints_rejects():
    with pytest.raises(ValueError, match="leave an entry free"):
        Affine(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)))
    with pytest.raises(ValueError, match="two rows of three"):
        Affine(((1.0, 0.0), (0.0, 1.0)))
