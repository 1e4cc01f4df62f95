"""`warp` for large images: blocks of rows on several threads, in bounded memory. On NumPy."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial

import numpy as np

from stnctl.geometry.argument_checks import check_fill, check_map, is_whole, whole_pair
from stnctl.geometry.grid import regular_grid
from stnctl.geometry.interpolation.taps import Interpolation
from stnctl.geometry.namespace import dtype_name, precise
from stnctl.geometry.sampler import Sampler, make_sampler
from stnctl.geometry.transforms.make import find_transform
from stnctl.geometry.transforms.transform import Transform

BLOCK_POINTS = 2**15
"""Points of V in one block: its arrays fit the cache of a core."""

MAX_THREADS = 8

Rows = Callable[[int, int], np.ndarray]
"""Function of the first row and the row after the last that returns these rows of the grid."""


def warp_tiled(
    U: np.ndarray,
    theta: np.ndarray,
    *,
    transform: str | Transform = "affine",
    output_size: tuple[int, int] | None = None,
    interpolation: str | Interpolation = "bilinear",
    padding: str = "zeros",
    fill_value: float | tuple[float, ...] = 0.0,
    align_corners: bool = True,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> np.ndarray:
    """Return V, one map U warped by one theta; bit-identical to the result of `warp`.

    In addition to U and V, the warp takes some tens of MB, for any size of U and V. "quadratic",
    "cubic" and "area" first prefilter U, which takes a few times the memory of U more.

    Args:
        U: (H, W, C), floating.
        theta: (num_params,) of the transform.
        transform: As in `warp`, with the same convention.
        output_size: (H', W'); default the size of U.
        interpolation: As in `sample`.
        padding: As in `sample`.
        fill_value: As in `sample`.
        align_corners: As in `sample`.
        threads: Number of threads; default `default_threads()`.
        progress: Called with the finished share of V, in (0, 1], in the calling thread.

    Returns:
        V of shape (H', W', C), in the dtype of U.

    Raises:
        TypeError: If U or theta is not a NumPy array.
        ValueError: If a shape, a dtype or a choice is not one of the above.
    """
    transform = find_transform(transform)
    _check(U, theta, transform)
    height, width = U.shape[:2]
    if output_size is not None:
        height, width = whole_pair("output_size", output_size, 1)
    threads = default_threads() if threads is None else threads
    if not is_whole(threads) or threads < 1:
        raise ValueError(f"threads must be a whole number of at least 1, got {threads}")
    check_fill(padding, fill_value, U.shape[2], dtype_name(U))
    sampler = make_sampler(
        (U.shape[0], U.shape[1]),
        interpolation=interpolation,
        padding=padding,
        fill_value=fill_value,
        align_corners=align_corners,
    )
    rows = grid_rows(transform, theta[None], (height, width), align_corners)
    source = sampler.prefilter(precise(U[None]))
    V = np.empty((height, width, U.shape[2]), U.dtype)
    jobs = [
        partial(_fill, V, first, last, sampler=sampler, source=source, rows=rows)
        for first, last in row_blocks(height, width)
    ]
    _run(jobs, threads, progress or _ignore)
    return V


def default_threads() -> int:
    """Return the number of CPUs that the process may use, up to `MAX_THREADS`."""
    allowed = hasattr(os, "sched_getaffinity")  # not on all systems
    count = len(os.sched_getaffinity(0)) if allowed else os.cpu_count() or 1
    return min(count, MAX_THREADS)


def _ignore(share: float) -> None:
    """Ignore the progress."""


def _check(U: np.ndarray, theta: np.ndarray, transform: Transform) -> None:
    """Reject an image that is not (H, W, C), a theta that is not (num_params,), or other arrays."""
    for array in (U, theta):
        if not isinstance(array, np.ndarray):
            raise TypeError(
                f"expected a NumPy array, got {type(array).__name__}; "
                "convert it with numpy.asarray, or warp tensors with `warp`"
            )
    if U.ndim != 3:
        raise ValueError(f"U must have shape (H, W, C), got {U.shape}")
    check_map(U[None])
    transform.check(theta, ndim=1)


def row_blocks(height: int, width: int) -> Iterator[tuple[int, int]]:
    """Return the first row of each block of (height, width), and the row after its last row."""
    step = max(BLOCK_POINTS // width, 1)
    return ((first, min(first + step, height)) for first in range(0, height, step))


def grid_rows(
    transform: Transform, theta: np.ndarray, output_size: tuple[int, int], align_corners: bool
) -> Rows:
    """Return the function of rows of the grid, (1, rows, W', 2), for theta (1, num_params).

    Args:
        transform: The transform.
        theta: (1, num_params).
        output_size: (H', W').
        align_corners: As in `stnctl.geometry.grid`.
    """
    if not transform.pointwise:
        grid = transform.grid(theta, output_size, align_corners=align_corners)
        return lambda first, last: grid[:, first:last]
    height, width = output_size
    lattice = partial(regular_grid, align_corners=align_corners, dtype="float64")
    x = lattice((1, width))[0, :, 0]
    y = lattice((height, 1))[:, 0, 1]

    def rows(first: int, last: int) -> np.ndarray:
        points = np.stack(np.meshgrid(x, y[first:last]), axis=-1)  # (rows, W', 2)
        return np.asarray(transform.apply(precise(theta), points))

    return rows


def _fill(
    V: np.ndarray, first: int, last: int, *, sampler: Sampler, source: np.ndarray, rows: Rows
) -> None:
    """Compute the rows ``first`` to ``last`` - 1 of V (H', W', C) and write them into V."""
    halo = 0 if sampler.interpolation.pointwise else 1
    top, bottom = max(first - halo, 0), min(last + halo, len(V))
    V[first:last] = sampler.read(source, rows(top, bottom))[0, first - top : last - top]


def _run(
    jobs: Sequence[Callable[[], None]], threads: int, progress: Callable[[float], None]
) -> None:
    """Run all jobs. If a job fails, or the caller is interrupted, start no further jobs."""
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                progress(done / len(futures))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
