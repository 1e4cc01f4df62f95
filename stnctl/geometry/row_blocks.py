"""Blocks of rows of V: their points of U, and their computation on several threads. On NumPy."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial

import numpy as np

from stnctl.geometry.grid import regular_grid
from stnctl.geometry.namespace import precise
from stnctl.geometry.transforms.transform import Transform

BLOCK_POINTS = 2**15
"""Points of V in one block: its arrays fit the cache of a core."""

MAX_THREADS = 8

Points = tuple[np.ndarray, np.ndarray]
"""x and y of the points of U for some rows of V, normalized, (1, rows, W') each."""


def row_blocks(height: int, width: int) -> Iterator[tuple[int, int]]:
    """Return the first row of each block of (height, width), and the row after its last row."""
    step = max(BLOCK_POINTS // width, 1)
    return ((first, min(first + step, height)) for first in range(0, height, step))


def point_rows(
    transform: Transform, theta: np.ndarray, output_size: tuple[int, int], align_corners: bool
) -> Callable[[int, int], Points]:
    """Return the function of the first row and the row after the last that returns their points.

    Args:
        transform: The transform.
        theta: (num_params,).
        output_size: (H', W').
        align_corners: As in `stnctl.geometry.grid`.
    """
    if not transform.pointwise:
        grid = transform.grid(theta[None], output_size, align_corners=align_corners)
        return lambda first, last: (grid[:, first:last, :, 0], grid[:, first:last, :, 1])
    height, width = output_size
    lattice = partial(regular_grid, align_corners=align_corners, dtype="float64")
    x = lattice((1, width))[0, :, 0]
    y = lattice((height, 1))[:, 0, 1]
    return lambda first, last: transform.source_axes(precise(theta[None]), x, y[first:last])


def default_threads() -> int:
    """Return the number of CPUs that the process may use, up to `MAX_THREADS`."""
    allowed = hasattr(os, "sched_getaffinity")  # not on all systems
    count = len(os.sched_getaffinity(0)) if allowed else os.cpu_count() or 1
    return min(count, MAX_THREADS)


def run_jobs(
    jobs: Sequence[Callable[[], None]], threads: int, progress: Callable[[float], None] | None
) -> None:
    """Run all jobs. If a job fails, or the caller is interrupted, start no further jobs.

    Args:
        jobs: The jobs, independent of each other.
        threads: Number of threads.
        progress: Called with the finished share of the jobs, in (0, 1], in the calling thread.
    """
    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                if progress:
                    progress(done / len(futures))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
