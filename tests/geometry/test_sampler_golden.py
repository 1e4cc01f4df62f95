"""V against PyTorch, SciPy, scikit-image, and an exact solve."""

import numpy as np
import pytest

from stnctl.geometry import TRANSFORMS, sample, warp
from stnctl.geometry.frames import to_pixel_frame
from stnctl.geometry.interpolation.bicubic import Bicubic
from tests.geometry.arrays import clear_points, maps, thetas
from tests.geometry.goldens import TORCH_MODES, torch_cases, torch_mode_cases
from tests.geometry.peers import (
    SCIPY_ORDERS,
    exact_sample,
    pixels,
    scipy_sample,
    skimage_mode,
    skimage_warp,
)
from tests.geometry.runners import RUNNERS, gradients
from tests.geometry.tolerance import assert_close

every_dtype = pytest.mark.parametrize("dtype", ["float32", "float64"])
every_padding = pytest.mark.parametrize("padding", ["zeros", "value", "border", "reflection"])
every_corner = pytest.mark.parametrize("align_corners", [True, False])
every_torch_mode = pytest.mark.parametrize(
    ("interpolation", "padding"),
    [(i, p) for i in TORCH_MODES["interpolation"] for p in TORCH_MODES["padding"]],
)


@pytest.mark.parametrize("case", torch_cases())
@every_dtype
def test_sample_golden_torch(case, dtype):
    V = sample(case.U.astype(dtype), case.grid.astype(dtype), align_corners=case.align_corners)
    assert V.dtype == dtype
    assert_close(V, case.V, dtype)


@every_torch_mode
@every_dtype
def test_sample_golden_torch_modes(interpolation, padding, dtype):
    for case in torch_mode_cases(interpolation, padding):
        V = sample(
            case.U.astype(dtype),
            case.grid.astype(dtype),
            interpolation=interpolation,
            padding=padding,
            align_corners=case.align_corners,
        )
        assert_close(V, case.V, dtype)


@every_torch_mode
def test_sample_jacobian_golden_torch_modes(interpolation, padding):
    """Bilinear with zeros includes the lattice, with PyTorch's slope to the right and down."""
    for case in torch_mode_cases(interpolation, padding):

        def run(U, grid, align_corners=case.align_corners):
            options = {"interpolation": interpolation, "padding": padding}
            return sample(U, grid, **options, align_corners=align_corners)

        dU, dgrid = gradients(run, case.dV, case.U, case.grid)
        assert_close(dU, case.dU, "float64")
        nothing = np.zeros_like(case.grid)
        assert_close(dgrid, nothing if interpolation == "nearest" else case.dgrid, "float64")


@pytest.mark.parametrize("interpolation", SCIPY_ORDERS)
@every_padding
@every_corner
@every_dtype
@pytest.mark.parametrize("size", [(16, 18), (5, 7), (2, 3)])
def test_sample_golden_scipy(size, dtype, align_corners, padding, interpolation):
    """SciPy's splines are exact to 4 pixels outside, except for small maps mirrored at edges.

    There its prefilter ends its sum early: `spline_filter` of a random 5 × 7 map in the mode
    "reflect" misses the pixels to interpolate by 1e-6. `exact_sample` does not.
    """
    if padding == "reflection" and not align_corners and min(size) < 16:
        peer = exact_sample if SCIPY_ORDERS[interpolation] > 1 else scipy_sample
    else:
        peer = scipy_sample
    U, grid = maps(2, *size, 2), clear_points(2, (6, 5), size, align_corners=align_corners)
    options = {"padding": padding, "fill_value": 0.7, "align_corners": align_corners}
    found = sample(U.astype(dtype), grid.astype(dtype), interpolation=interpolation, **options)
    options |= {"fill_value": 0.7 if padding == "value" else 0.0}
    expected = peer(U, pixels(U, grid, align_corners), order=SCIPY_ORDERS[interpolation], **options)
    assert_close(found, expected, dtype)


@pytest.mark.parametrize("interpolation", ["quadratic", "cubic"])
@pytest.mark.parametrize("size", [(1, 6), (5, 1), (1, 1), (4, 7)])
@every_padding
@every_corner
def test_sample_golden_exact(interpolation, size, padding, align_corners):
    """The splines are those of a dense solve, also on lines of pixels and far outside."""
    U = maps(2, *size, 2)
    grid = clear_points(2, (6, 5), size, align_corners=align_corners, outside=30.0)
    options = {"padding": padding, "fill_value": 0.7, "align_corners": align_corners}
    found = sample(U, grid, interpolation=interpolation, **options)
    options |= {"fill_value": 0.7 if padding == "value" else 0.0}
    expected = exact_sample(
        U, pixels(U, grid, align_corners), order=SCIPY_ORDERS[interpolation], **options
    )
    assert_close(found, expected, "float64")


SKIMAGE = [
    (interpolation, order, False, padding)
    for interpolation, order in [("nearest", 0), ("bilinear", 1), (Bicubic(-0.5), 3)]
    for padding in ("zeros", "border", "reflection")
] + [
    (interpolation, order, True, padding)
    for interpolation, order in [("quadratic", 2), ("cubic", 3)]
    for padding in ("border", "reflection")
]
"""Outside, scikit-image's splines are cut off among zeros, not faded out."""


@pytest.mark.filterwarnings("ignore:Bi-quadratic interpolation:UserWarning")
@pytest.mark.parametrize(("interpolation", "order", "spline", "padding"), SKIMAGE)
@every_corner
@every_dtype
def test_warp_golden_skimage(interpolation, order, spline, padding, align_corners, dtype):
    size, output_size = (17, 20), (9, 13)
    U, theta = maps(3, *size, 1), thetas(3, spread=0.3)
    matrices = TRANSFORMS["affine"].matrix(theta)
    expected = [
        skimage_warp(
            image[..., 0],
            to_pixel_frame(matrix, size, output_size, align_corners=align_corners),
            output_size,
            order=order,
            mode=skimage_mode(padding, align_corners),
            spline=spline,
        )
        for image, matrix in zip(U, matrices, strict=True)
    ]
    V = warp(
        U.astype(dtype),
        theta.astype(dtype),
        output_size=output_size,
        interpolation=interpolation,
        padding=padding,
        align_corners=align_corners,
    )
    assert_close(V[..., 0], np.stack(expected), dtype)


@pytest.mark.parametrize("runner", RUNNERS.values(), ids=RUNNERS)
def test_sample_golden_torch_lattice(runner):
    """At the identity V is U and PyTorch's V, to the bit, on every backend."""
    *_, corners, edges = torch_mode_cases("bilinear", "zeros")
    assert [corners.name, edges.name] == ["lattice-corners", "lattice-edges"]

    def run(U, grid, other, other_grid):
        return [sample(U, grid), sample(other, other_grid, align_corners=False)]

    found = runner(run, corners.U, corners.grid, edges.U, edges.grid)
    for V, case in zip(found, (corners, edges), strict=True):
        np.testing.assert_array_equal(V, case.V)
