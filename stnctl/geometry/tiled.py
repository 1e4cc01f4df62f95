"""`warp` for large images: blocks of rows on several threads, in bounded memory. On NumPy."""

from collections.abc import Callable
from functools import partial

import numpy as np

from stnctl.geometry.argument_checks import check_fill, check_map, is_whole, whole_pair
from stnctl.geometry.byte_source import byte_source
from stnctl.geometry.interpolation.taps import Interpolation
from stnctl.geometry.levels import to_levels, to_values
from stnctl.geometry.namespace import dtype_name, precise
from stnctl.geometry.row_blocks import default_threads, point_rows, row_blocks, run_jobs
from stnctl.geometry.sampler import Sampler, make_sampler
from stnctl.geometry.transforms.make import find_transform
from stnctl.geometry.transforms.transform import Transform

Read = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Function of x and y of points, (1, rows, W') each, that returns V at them, (rows, W', C)."""


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

    The bytes of an image are levels of values from 0 to 1, in steps of 1 / 255. V then has the
    levels of the result of `warp` on U / 255, clipped and rounded.

    In addition to U and V, the warp takes some tens of MB, for any size of U and V. Bytes take four
    bytes per pixel of U more, but no float copy. "quadratic", "cubic" and "area" first prefilter U,
    which takes a few times the memory of U in float more.

    Args:
        U: (H, W, C), floating or uint8.
        theta: (num_params,) of the transform.
        transform: As in `warp`, with the same convention.
        output_size: (H', W'); default the size of U.
        interpolation: As in `sample`.
        padding: As in `sample`.
        fill_value: As in `sample`; from 0 to 1 if U is uint8.
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
    points = point_rows(transform, theta, (height, width), align_corners)
    read = _reader(U, sampler)
    V = np.empty((height, width, U.shape[2]), U.dtype)
    halo = 0 if sampler.interpolation.pointwise else 1

    def fill(first: int, last: int) -> None:
        top, bottom = max(first - halo, 0), min(last + halo, height)
        V[first:last] = read(*points(top, bottom))[first - top : last - top]

    run_jobs([partial(fill, *block) for block in row_blocks(height, width)], threads, progress)
    return V


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
    if U.dtype != np.uint8:
        check_map(U[None])
    transform.check(theta, ndim=1)


def _reader(U: np.ndarray, sampler: Sampler) -> Read:
    """Return the function that reads U (H, W, C) at points, in the dtype of U."""
    is_bytes = U.dtype == np.uint8
    if is_bytes and (bytes_of_U := byte_source(U, sampler)):
        return bytes_of_U.read
    source = sampler.prefilter((to_values(U) if is_bytes else precise(U))[None])

    def read(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        values = sampler.read(source, np.stack([x, y], axis=-1))[0]
        return to_levels(values) if is_bytes else values

    return read
