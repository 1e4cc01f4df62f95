import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry import TRANSFORMS, warp
from stnctl.geometry.grid import half_span
from tests.geometry.arrays import IDENTITY, maps, thetas
from tests.geometry.goldens import torch_cases
from tests.geometry.runners import RUNNERS, TENSOR_RUNNERS, compiled, on_tensors, tensorflow
from tests.geometry.tolerance import assert_close

SIZES = [(1, 1), (1, 6), (5, 1), (7, 7), (28, 28), (5, 12)]
CORNERS = np.ix_([0, -1], [0, -1])
SEEDS = st.integers(0, 2**32 - 1)


def shift(x, y):
    return np.array([[1.0, 0, x, 0, 1, y]])


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_warp_identity(runner, dtype, align_corners):
    """At the identity, where every spatial transformer starts, V is U to the bit."""
    sizes = SIZES[-2:] if runner is compiled else SIZES  # each takes long to compile
    inputs = [maps(1, *size, 2, dtype=dtype) for size in sizes]

    def warp_all(theta, *inputs):
        return [warp(U, theta, align_corners=align_corners) for U in inputs]

    for U, V in zip(inputs, runner(warp_all, IDENTITY.astype(dtype), *inputs), strict=True):
        np.testing.assert_array_equal(V, U, strict=True)


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("input_size", [(6, 9), (7, 4)])
@pytest.mark.parametrize("output_size", [(11, 5), (3, 16), (13, 7)])
def test_warp_identity_resizes(input_size, output_size, align_corners):
    """The identity to another size is linear interpolation along one axis, then the other."""
    U = maps(1, *input_size, 1)
    expected = U[0, :, :, 0]
    for axis in (0, 1):
        expected = np.apply_along_axis(resize, axis, expected, output_size[axis], align_corners)
    V = warp(U, IDENTITY, output_size=output_size, align_corners=align_corners)
    assert_close(V[0, :, :, 0], expected, "float64")
    if align_corners:
        np.testing.assert_array_equal(V[(0, *CORNERS)], U[(0, *CORNERS)])


def resize(line, size, align_corners):
    """Return ``size`` points of a line of pixels, with one zero beyond each end."""
    count = len(line)
    if align_corners:
        positions = np.linspace(0, count - 1, size)
    else:
        positions = (np.arange(size) + 0.5) * count / size - 0.5
    return np.interp(positions, np.arange(-1, count + 1), np.pad(line, 1))


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (0, -1), (3, 2), (-2, 1), (6, 0), (-9, 9)])
def test_warp_preset_shift(dx, dy, dtype, align_corners):
    """A shift by whole pixels moves the array and fills with zeros, to the bit."""
    U = maps(2, 5, 6, 2, dtype=dtype)
    half_x, half_y = half_span((5, 6), align_corners=align_corners)
    theta = np.repeat(shift(dx / half_x, dy / half_y), 2, axis=0).astype(dtype)
    rows, columns = np.mgrid[:5, :6] + np.array([dy, dx]).reshape(2, 1, 1)
    inside = (rows >= 0) & (rows < 5) & (columns >= 0) & (columns < 6)
    expected = np.where(inside[..., None], U[:, rows % 5, columns % 6], 0)
    V = warp(U, theta, align_corners=align_corners)
    np.testing.assert_array_equal(V, expected.astype(dtype), strict=True)


def test_warp_preset_direction():
    """Theta maps V to U: scale 0.5 zooms in; with a positive shift V shows the right and below."""
    U = np.arange(25.0).reshape(1, 5, 5, 1)
    zoomed = warp(U, np.array([[0.5, 0, 0, 0, 0.5, 0]]))
    np.testing.assert_array_equal(zoomed[0, ::4, ::4, 0], U[0, 1:4:2, 1:4:2, 0])
    np.testing.assert_array_equal(warp(U, shift(0.5, 0))[0, :, :4, 0], U[0, :, 1:, 0])
    np.testing.assert_array_equal(warp(U, shift(0, 0.5))[0, :4, :, 0], U[0, 1:, :, 0])


@pytest.mark.parametrize("case", torch_cases())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_warp_golden_torch(case, dtype):
    V = warp(
        case.U.astype(dtype),
        case.theta.astype(dtype),
        output_size=case.output_size,
        align_corners=case.align_corners,
    )
    assert V.dtype == dtype
    assert_close(V, case.V, dtype)


@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("runner", TENSOR_RUNNERS.values(), ids=TENSOR_RUNNERS)
def test_warp_random_backends(runner, align_corners):
    """Keras in float32 is NumPy in float64, within 1e-5."""
    U, theta = np.random.default_rng(0).uniform(size=(8, 28, 28, 1)), thetas(8)

    def run(U, theta):
        return warp(U, theta, output_size=(20, 24), align_corners=align_corners)

    found = runner(run, U.astype("float32"), theta.astype("float32"))
    assert found.dtype == "float32"
    np.testing.assert_allclose(found, run(U, theta), rtol=0, atol=1e-5)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_warp_preset_not_finite(runner, value):
    """A theta that is not finite gives V = 0, and does not affect the rest of the batch."""
    U, theta = maps(7, 4, 5, 2, dtype="float32"), thetas(7).astype("float32")
    expected = warp(U, theta)
    expected[:6] = 0
    theta[np.arange(6), np.arange(6)] = value
    assert_close(runner(warp, U, theta), expected, "float32")


@pytest.mark.parametrize("value", [1e30, -1e30])
@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_warp_preset_huge(runner, value):
    U, theta = maps(2, 4, 5, 2, dtype="float32"), thetas(2).astype("float32")
    expected = warp(U, theta)
    expected[0] = 0
    theta[0, [2, 5]] = value
    assert_close(runner(warp, U, theta), expected, "float32")


@given(seed=SEEDS)
@settings(deadline=None)
def test_warp_random_linear_in_input_map(seed):
    U, other, theta = maps(2, 4, 5, 1), maps(2, 4, 5, 1, seed=1), thetas(2, seed, spread=1)
    expected = 3 * warp(U, theta) - warp(other, theta)
    assert_close(warp(3 * U - other, theta), expected, "float64")


def test_warp_random_inputs_unchanged():
    U, theta = maps(2, 4, 5, 1), thetas(2)
    copies = U.copy(), theta.copy()
    U.flags.writeable = theta.flags.writeable = False
    V = warp(U, theta)
    assert V.flags.writeable
    np.testing.assert_array_equal(U, copies[0])
    np.testing.assert_array_equal(theta, copies[1])


def test_warp_random_unknown_batch():
    """A graph with an unknown batch size gives the V of NumPy."""
    tf, U, theta = tensorflow(), maps(3, 4, 5, 2), thetas(3)

    def run(U, theta):
        signature = [tf.TensorSpec([None, 4, 5, 2], U.dtype), tf.TensorSpec([None, 6], U.dtype)]
        return tf.function(warp, input_signature=signature)(U, theta)

    assert_close(on_tensors(run, U, theta), warp(U, theta), "float64")


def test_warp_rejects_transform():
    with pytest.raises(ValueError, match=r"transform must be one of .*, got 'afine'") as caught:
        warp(maps(1, 2, 2, 1), IDENTITY, transform="afine")
    assert ", ".join(TRANSFORMS) in str(caught.value)


@pytest.mark.parametrize(
    ("U", "theta", "message"),
    [
        (np.zeros((2, 2, 1)), IDENTITY, r"U must have shape \(B, H, W, C\), got \(2, 2, 1\)"),
        (np.zeros((1, 2, 2, 1), int), IDENTITY, "U must be floating, got int64"),
        (np.zeros((1, 2, 2, 1)), IDENTITY.astype(int), "theta must be floating, got int64"),
        (np.zeros((1, 2, 2, 1)), IDENTITY[:, :5], r"theta must have shape .*, got \(1, 5\)"),
        (np.zeros((2, 2, 2, 1)), IDENTITY, "U has a batch of 2, but grid one of 1"),
    ],
)
def test_warp_rejects(U, theta, message):
    with pytest.raises(ValueError, match=message):
        warp(U, theta)


@pytest.mark.parametrize(
    ("U", "theta", "error", "message"),
    [
        (np.zeros((1, 4, 4, 1)), [[1, 0, 0, 0, 1, 0]], TypeError, "got list; convert it"),
        ([[0.0]], IDENTITY, TypeError, "got list; convert it"),
        (np.zeros((4, 4)), IDENTITY, ValueError, r"U must have shape \(B, H, W, C\), got \(4, 4\)"),
        (np.zeros((1, 4, 4, 1), int), IDENTITY, ValueError, "U must be floating, got int64"),
    ],
)
def test_warp_rejects_natural_mistakes(U, theta, error, message):
    with pytest.raises(error, match=message):
        warp(U, theta)
