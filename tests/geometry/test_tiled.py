import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import numpy as np
import pytest

from stnctl.geometry import INTERPOLATIONS, PADDINGS, TRANSFORMS, Sampler, row_blocks, warp
from stnctl.geometry.tiled import warp_tiled
from stnctl.geometry.transforms.flow import Flow
from tests.geometry.arrays import maps

IDENTITY = np.array([1.0, 0, 0, 0, 1, 0])
THETA = np.array([0.8, 0.3, 0.1, -0.2, 1.1, -0.3])


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    """Use blocks of three rows for 10 columns, and of one row for more than 16."""
    monkeypatch.setattr(row_blocks, "BLOCK_POINTS", 32)


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("align_corners", [True, False])
def test_warp_tiled_random_is_warp(name, interpolation, align_corners):
    """V has the bits of `warp`, for each transform, interpolation and padding."""
    transform = Flow((4, 5)) if name == "flow" else TRANSFORMS[name]
    moves = np.random.default_rng(0).uniform(-0.2, 0.2, transform.num_params)
    theta = (transform.identity() + moves).astype("float32")
    U = maps(13, 10, 3, dtype="float32")
    U.flags.writeable = theta.flags.writeable = False
    for padding, output_size in zip(PADDINGS, cycle((None, (7, 33), (31, 10)))):
        options = {
            "transform": transform,
            "interpolation": interpolation,
            "padding": padding,
            "fill_value": (0.5, -1.0, 2.0),
            "align_corners": align_corners,
            "output_size": output_size,
        }
        expected = warp(U[None], theta[None], **options)[0]
        V = warp_tiled(U, theta, **options, threads=2)
        np.testing.assert_array_equal(V, expected, strict=True)


@pytest.mark.parametrize("dtype", ["float16", "float64"])
@pytest.mark.parametrize("interpolation", ["bilinear", "area"])
@pytest.mark.parametrize("size", [(1, 1), (1, 40), (40, 1), (10, 10)])
def test_warp_tiled_random_dtypes_and_sizes(size, interpolation, dtype):
    """Sizes down to one pixel; the last of ten rows is a separate block."""
    U, theta = maps(*size, 2, dtype=dtype), THETA.astype(dtype)
    expected = warp(U[None], theta[None], interpolation=interpolation)[0]
    V = warp_tiled(U, theta, interpolation=interpolation)
    np.testing.assert_array_equal(V, expected, strict=True)


def test_warp_tiled_identity():
    U = maps(13, 10, 3)
    np.testing.assert_array_equal(warp_tiled(U, IDENTITY, threads=3), U, strict=True)


def test_warp_tiled_preset_progress():
    """Five blocks of three rows are five steps to 1, reported by the calling thread."""
    told = []
    warp_tiled(maps(13, 10, 1), THETA, progress=lambda share: told.append((share, _thread())))
    assert told == [(pytest.approx(k / 5), _thread()) for k in range(1, 6)]


def _thread():
    return threading.current_thread().name


def test_warp_tiled_rejects_in_a_thread(monkeypatch):
    """An error in a thread is raised by the call."""

    def read(*arguments):
        raise MemoryError("no room for the block")

    monkeypatch.setattr(Sampler, "read", read)
    with pytest.raises(MemoryError, match="no room for the block"):
        warp_tiled(maps(13, 10, 1), THETA, threads=2)


def test_warp_tiled_interrupted_starts_no_more_blocks(monkeypatch):
    """Ctrl-C after the first block: the second one ends only after the others are cancelled."""
    begun, cancelled = [], threading.Event()

    class Pool(ThreadPoolExecutor):
        def shutdown(self, wait=True, *, cancel_futures=False):
            super().shutdown(wait, cancel_futures=cancel_futures)
            cancelled.set()

    def read(sampler, source, grid):
        begun.append(grid)
        assert len(begun) == 1 or cancelled.wait(60)
        return np.zeros((1, *grid.shape[1:3], 1))

    def interrupt(share):
        raise KeyboardInterrupt

    monkeypatch.setattr(row_blocks, "ThreadPoolExecutor", Pool)
    monkeypatch.setattr(Sampler, "read", read)
    with pytest.raises(KeyboardInterrupt):
        warp_tiled(maps(100, 20, 1), THETA, threads=1, progress=interrupt)
    assert 0 < len(begun) <= 2


@pytest.mark.parametrize(
    ("U", "theta", "error", "message"),
    [
        ([[0.0]], THETA, TypeError, "got list; convert it"),
        (np.zeros((4, 4, 1)), list(THETA), TypeError, "got list; convert it"),
        (np.zeros((1, 4, 4, 1)), THETA, ValueError, r"\(H, W, C\), got \(1, 4, 4, 1\)"),
        (np.zeros((4, 4, 1), "int8"), THETA, ValueError, "U must be floating, got int8"),
        (np.zeros((4, 4, 1)), THETA[None], ValueError, r"shape \(6\), got \(1, 6\)"),
        (np.zeros((4, 4, 1)), THETA.astype(int), ValueError, "theta must be floating"),
    ],
)
def test_warp_tiled_rejects(U, theta, error, message):
    with pytest.raises(error, match=message):
        warp_tiled(U, theta)


def test_warp_tiled_rejects_fill_value():
    with pytest.raises(ValueError, match="fill_value"):
        warp_tiled(maps(2, 2, 3), THETA, padding="value", fill_value=(0.5, 1.0))


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("transform", "afine", "transform must be one of"),
        ("interpolation", "linear", "interpolation must be one of"),
        ("padding", "zero", "padding must be one of"),
        ("threads", 0, "threads must be a whole number of at least 1, got 0"),
    ],
)
def test_warp_tiled_rejects_options(option, value, message):
    with pytest.raises(ValueError, match=message):
        warp_tiled(maps(2, 2, 1), THETA, **{option: value})
