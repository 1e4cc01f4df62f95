import numpy as np
import pytest
from skimage import data
from skimage.transform import downscale_local_mean, resize

from stnctl.geometry import PADDINGS, sample, warp
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.interpolation.area import Area
from stnctl.geometry.padding import Padding
from tests.geometry.arrays import IDENTITY, maps, thetas
from tests.geometry.tolerance import assert_close

ZOOMS = [2, 4, 8]


def zoomed_out(U, zoom, interpolation="area", **options):
    """Return U (B, H, W, C) reduced ``zoom`` times; each pixel of V covers a block of U."""
    size = (U.shape[1] // zoom, U.shape[2] // zoom)
    identity = np.repeat(IDENTITY, len(U), axis=0)
    options = {"align_corners": False, "padding": "border"} | options
    return warp(U, identity, output_size=size, interpolation=interpolation, **options)


@pytest.mark.parametrize("zoom", ZOOMS)
@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_area_golden_skimage_blocks(zoom, padding, dtype):
    """Aligned with the pixels, V holds the means of whole blocks."""
    U = maps(2, 16, 24, 3)
    found = zoomed_out(U.astype(dtype), zoom, padding=padding)
    assert found.dtype == dtype
    assert_close(found, downscale_local_mean(U, (1, zoom, zoom, 1)), dtype)


def test_area_preset_one_axis():
    """Each axis has its own footprint: reduced along one axis, U is averaged along it only."""
    U = maps(1, 8, 12, 1)
    V = warp(U, IDENTITY, output_size=(8, 3), interpolation="area", align_corners=False)
    assert_close(V, downscale_local_mean(U, (1, 1, 4, 1)), "float64")


@pytest.mark.parametrize("zoom", [2.0, 3.0, 5.5])
def test_area_preset_constant(zoom):
    theta = np.array([[zoom, 0.3, 0.1, -0.2, zoom, 0.2]])
    V = warp(np.full((1, 30, 31, 1), 3.0), theta, interpolation="area", padding="border")
    np.testing.assert_allclose(V, 3, rtol=0, atol=1e-13)


@pytest.mark.parametrize("zoom", [1.0, 1.5, 2.0, 3.0, 4.0, 6.5])
@pytest.mark.parametrize("align_corners", [True, False])
def test_area_random_linear_image(zoom, align_corners):
    """Away from the edges, as far as the averages extend, linear images are reproduced."""
    size, output_size = (128, 120), (9, 10)
    G = regular_grid(size, align_corners=align_corners, dtype="float64")
    U = (G @ [[0.5], [-1.25]] + 0.25)[None]
    half = np.array(size[::-1]) / 2
    steps = zoom * (np.moveaxis(np.mgrid[:9, :10], 0, -1)[..., ::-1] - 4.3)
    grid = (steps / half)[None]
    expected = grid @ [[0.5], [-1.25]] + 0.25
    V = sample(U, grid, interpolation="area", align_corners=align_corners)
    assert V.shape == (1, *output_size, 1)
    assert_close(V, expected, "float64")


def test_area_preset_checkerboard():
    """Reduced eight times, a checkerboard is gray; bilinear reads single pixels."""
    U = (np.indices((64, 64)).sum(0) % 2 * 1.0)[None, ..., None]
    theta = np.array([[1.0, 0, 1 / 64, 0, 1, 1 / 64]])  # shifted by half a pixel, onto the lattice
    options = {"output_size": (8, 8), "align_corners": False, "padding": "reflection"}
    np.testing.assert_allclose(warp(U, theta, interpolation="area", **options), 0.5, atol=1e-13)
    assert set(np.unique(warp(U, theta, **options))) <= {0.0, 1.0}


@pytest.mark.parametrize("scale", [1.0, 0.7, 0.25])
@pytest.mark.parametrize("align_corners", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_area_random_is_bilinear(scale, align_corners, dtype):
    """Magnified, rotated or translated, it is bilinear sampling."""
    U = maps(8, 9, 9, 2, dtype=dtype)
    angle = np.linspace(0, 2 * np.pi, 8)
    cos, sin, shift = scale * np.cos(angle), scale * np.sin(angle), np.full(8, 0.1)
    theta = np.stack([cos, -sin, shift, sin, cos, -shift], axis=-1).astype(dtype)
    V = warp(U, theta, interpolation="area", align_corners=align_corners)
    assert_close(V, warp(U, theta, align_corners=align_corners), dtype)


@pytest.mark.parametrize("zoom", [3, 5, 6])
def test_area_golden_skimage_camera(zoom):
    """On a photograph it is closer than bilinear to block means, and to a Gaussian.

    Zooms of 2, 4, 8 give the means; between two octaves it blends. These zooms are the worst.
    """
    U = data.camera()[None, :480, :480, None] / 255.0
    means = downscale_local_mean(U, (1, zoom, zoom, 1))
    smooth = resize(U[0], means.shape[1:3], order=1, anti_aliasing=True)[None]
    area, bilinear = (zoomed_out(U, zoom, way) for way in ("area", "bilinear"))
    assert rms(area - means) < 0.7 * rms(bilinear - means)
    assert rms(area - smooth) < 0.6 * rms(bilinear - smooth)


def rms(error):
    return np.sqrt(np.mean(error**2))


def test_area_random_blend():
    """Between two octaves V blends continuously from one average to the next."""
    U = maps(1, 64, 64, 1)
    zooms = np.linspace(1.9, 2.1, 9)
    theta = np.zeros((9, 6))
    theta[:, 0] = theta[:, 4] = zooms
    V = warp(np.repeat(U, 9, axis=0), theta, output_size=(64, 64), interpolation="area")
    middle = V[:, 24:40, 24:40]
    jumps = abs(np.diff(middle, axis=0)).max(axis=(1, 2, 3))
    assert jumps.max() < 6 * np.median(jumps)


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 1), (7, 5)])
def test_prefilter_preset_levels(size, padding):
    """The averages are side by side: on each axis 1, 2, 4, ... pixels wide, down to one.

    For "border", each has the outermost pixels at its ends.
    """
    rim = padding == "border"
    U = np.arange(np.prod(size), dtype="float64").reshape(1, *size, 1)
    prefiltered = Area().prefilter(U, Padding(padding))
    levels = {1: [1], 5: [5, 3, 2, 1], 7: [7, 4, 2, 1]}
    lengths = [sum(n + 2 * rim for n in levels[side]) for side in size]
    assert prefiltered.shape == (1, *lengths, 1)
    inner = prefiltered[:, rim : rim + size[0], rim : rim + size[1]]
    np.testing.assert_array_equal(inner, U)


@pytest.mark.parametrize("zoom", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [8, 9, 13])
@pytest.mark.parametrize(
    ("padding", "pad"),
    [
        ("border", {"mode": "edge"}),
        ("zeros", {"mode": "constant"}),
        ("value", {"mode": "constant", "constant_values": 0.3}),
        ("reflection", {"mode": "symmetric"}),
    ],
)
def test_area_random_padding(padding, pad, size, zoom):
    """Near the edge and beyond, V is that of a map with the padding as real pixels."""
    if padding == "reflection" and size % 2 and zoom > 2:
        pytest.skip("the averages are mirrored, not the pixels; they differ near the edges")
    margin = 64
    U = maps(1, 1, size, 1)
    wide = np.pad(U, ((0, 0), (0, 0), (margin, margin), (0, 0)), **pad)
    x = np.arange(-12, size + 12, zoom) + 0.25  # pixels

    def read(U, x):
        normalized = (2 * x + 1) / U.shape[2] - 1
        grid = np.stack([normalized, np.zeros_like(x)], axis=-1)[None, None]
        options = {"padding": padding, "fill_value": 0.3, "align_corners": False}
        return sample(U, grid, interpolation="area", **options)

    np.testing.assert_allclose(read(U, x), read(wide, x + margin), rtol=0, atol=1e-12)


def test_area_random_thetas_are_finite():
    V = warp(maps(9, 13, 17, 2), thetas(9, spread=6.0), interpolation="area")
    assert np.isfinite(V).all()
    assert abs(V).max() <= abs(maps(9, 13, 17, 2)).max()
