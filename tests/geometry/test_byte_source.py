"""The levels of `warp_tiled` on bytes are the rounded values of `warp_tiled` on floats."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS, byte_source, row_blocks
from stnctl.geometry.byte_source import MAX_CHANNELS
from stnctl.geometry.interpolation.bicubic import Bicubic
from stnctl.geometry.levels import to_levels, to_values
from stnctl.geometry.sampler import make_sampler
from stnctl.geometry.tiled import warp_tiled
from stnctl.geometry.transforms.flow import Flow

KERNELS = ("nearest", "bilinear", "bicubic")
HALF = np.array([0.5, 0, 0, 0, 0.5, 0])
SIDES = st.integers(1, 20)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(row_blocks, "BLOCK_POINTS", 32)


def levels(*shape, seed=0):
    """Return random bytes, (H, W, C)."""
    return np.random.default_rng(seed).integers(0, 256, shape, dtype="uint8")


def check(U, theta, **options):
    """Check that the bytes of V are those of the rounded V of floats."""
    expected = to_levels(warp_tiled(to_values(U), theta, **options))
    np.testing.assert_array_equal(warp_tiled(U, theta, **options), expected, strict=True)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(["affine", "projective", "thin_plate_spline", "rotation"]),
    spread=st.sampled_from([0, 0.01, 0.4, 3, 1e30]),
    interpolation=st.sampled_from(KERNELS),
    padding=st.sampled_from(list(PADDINGS)),
    fill=st.floats(0, 1) | st.sampled_from([-1.0, 2.0]),
    align_corners=st.booleans(),
    size=st.tuples(SIDES, SIDES),
    output_size=st.none() | st.tuples(SIDES, SIDES),
    num_channels=st.integers(1, MAX_CHANNELS),
    dtype=st.sampled_from(["float32", "float64"]),
    seed=st.integers(0, 99),
)
def test_read_random_is_rounded_floats(
    name,
    spread,
    interpolation,
    padding,
    fill,
    align_corners,
    size,
    output_size,
    num_channels,
    dtype,
    seed,
):
    """For every kernel and padding, at the identity, near to it, far away and beyond all points."""
    transform = TRANSFORMS[name]
    moves = np.random.default_rng(seed).uniform(-spread, spread, transform.num_params)
    check(
        levels(*size, num_channels, seed=seed),
        (transform.identity() + moves).astype(dtype),
        transform=transform,
        interpolation=interpolation,
        padding=padding,
        fill_value=(fill, *np.linspace(0, 1, MAX_CHANNELS)[1:num_channels]),
        align_corners=align_corners,
        output_size=output_size,
    )


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("interpolation", KERNELS)
@pytest.mark.parametrize("theta", [HALF, HALF * 2, HALF * 4, HALF[[1, 0, 2, 0, 1, 2]] * 2])
def test_read_ties_are_rounded_floats(theta, interpolation, padding):
    """Zooms by two and quarter turns read many points halfway between pixels, or at pixels."""
    check(levels(9, 9, 3), theta, interpolation=interpolation, padding=padding)
    check(levels(8, 12, 1), theta, interpolation=interpolation, padding=padding)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("padding", PADDINGS)
def test_read_of_points_that_are_not_finite(padding, bad):
    """They count as far outside, as for floats."""
    theta = np.array([1, 0, bad, 0, 1, 0])
    check(levels(5, 6, 3), theta, padding=padding, fill_value=0.4)


@pytest.mark.parametrize("name", INTERPOLATIONS)
def test_warp_tiled_bytes_for_each_interpolation(name):
    """Also for those that prefilter a float copy of U, and for more channels than a word has."""
    theta = np.array([0.8, 0.3, 0.1, -0.2, 1.1, -0.3])
    for num_channels in (3, MAX_CHANNELS + 1):
        check(levels(13, 10, num_channels), theta, interpolation=name, padding="border")


def test_warp_tiled_bytes_of_a_flow():
    """Its grid is one array, of which no block changes a row."""
    flow = Flow((4, 5))
    theta = np.random.default_rng(0).uniform(-0.5, 0.5, flow.num_params)
    check(levels(7, 9, 3), theta, transform=flow)


def test_warp_tiled_bytes_of_a_view():
    """U may be read-only and need not be contiguous."""
    U = levels(20, 9, 4)[::2, :, 1:]
    U.flags.writeable = False
    check(U, HALF)
    check(U[..., :1], HALF)


def test_byte_source_takes_kernels():
    U = levels(4, 5, 3)
    for name in INTERPOLATIONS:
        source = byte_source.byte_source(U, make_sampler((4, 5), interpolation=name))
        assert (source is not None) == (name in KERNELS)
    assert byte_source.byte_source(U, make_sampler((4, 5), interpolation=Bicubic(-0.5)))
    more = levels(4, 5, MAX_CHANNELS + 1)
    assert byte_source.byte_source(more, make_sampler((4, 5))) is None
