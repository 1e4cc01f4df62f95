import numpy as np
import pytest

from stnctl.geometry import make_sampler, make_transform
from stnctl.geometry.argument_checks import check_fill, whole_pair
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.tiled import warp_tiled
from stnctl.geometry.warp_map import warp
from tests.geometry.arrays import IDENTITY, maps

PAIRS = [
    (), (3,), (3, 3, 3), (3, 0), [0, 3], (3, -2), (3, 2.5), (3.0, 3.0), (13.1, 19.5), "33", 3,
    (True, 3), (3, np.True_), (3, np.nan), (3, "3"), (3, None), np.array([3.0, 3.0]),
]  # fmt: skip


@pytest.mark.parametrize(
    "values", [[np.int64(3), 5], (3, np.uint8(5)), np.array([3, 5]), (3, 5), iter((3, 5))]
)
def test_whole_pair_preset(values):
    found = whole_pair("size", values, 3)
    assert found == (3, 5)
    assert [type(number) for number in found] == [int, int]


@pytest.mark.parametrize("values", PAIRS, ids=str)
@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("output_size", lambda size: warp(maps(1, 4, 4, 1), IDENTITY, output_size=size)),
        ("output_size", lambda size: warp_tiled(maps(4, 4, 1), IDENTITY[0], output_size=size)),
        ("output_size", regular_grid),
        ("input_size", make_sampler),
        ("control_points", lambda n: make_transform("thin_plate_spline", control_points=n)),
        ("size", lambda size: make_transform("flow", size=size)),
    ],
)
def test_whole_pair_rejects(name, function, values):
    make_transform("thin_plate_spline", control_points=(3, 3))  # equal to (3.0, 3.0)
    with pytest.raises(ValueError, match=f"{name} must be two whole numbers of at least [12], got"):
        function(values)


@pytest.mark.parametrize("threads", [0, -1, 1.5, 2.0, True])
def test_warp_tiled_rejects_threads(threads):
    with pytest.raises(ValueError, match="threads must be a whole number of at least 1, got"):
        warp_tiled(maps(4, 4, 1), IDENTITY[0], threads=threads)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("fill_value", [np.nan, np.inf, -np.inf, (0.5, np.nan), (np.inf, 0.5)])
def test_check_fill_rejects(fill_value, dtype):
    """A fill value that is not finite would give NaN inside U too, with a weight of 0."""
    U, theta = maps(1, 4, 4, 2, dtype=dtype), IDENTITY.astype(dtype)
    options = {"padding": "value", "fill_value": fill_value}
    for run in (
        lambda: warp(U, theta, **options),
        lambda: warp_tiled(U[0], theta[0], **options),
    ):
        with pytest.raises(ValueError, match=f"fill_value must be finite in {dtype}, got"):
            run()


def test_check_fill_depends_on_the_dtype():
    """1e300 is infinite in single precision."""
    check_fill("value", 1e300, 1, "float64")
    check_fill("zeros", np.nan, 1, "float32")
    for dtype in ("float32", "float16", "bfloat16"):
        with pytest.raises(ValueError, match="finite"):
            check_fill("value", 1e300, 1, dtype)
    V = warp(maps(1, 4, 4, 1), IDENTITY, padding="value", fill_value=1e300)
    np.testing.assert_array_equal(V, maps(1, 4, 4, 1))
