"""Grid generator and sampler in one call."""

from stnctl.geometry.argument_checks import check_map
from stnctl.geometry.interpolation.taps import Interpolation
from stnctl.geometry.namespace import Array
from stnctl.geometry.sampler import sample
from stnctl.geometry.transforms.make import find_transform
from stnctl.geometry.transforms.transform import Transform


def warp(
    U: Array,
    theta: Array,
    *,
    transform: str | Transform = "affine",
    output_size: tuple[int, int] | None = None,
    interpolation: str | Interpolation = "bilinear",
    padding: str = "zeros",
    fill_value: float | tuple[float, ...] = 0.0,
    align_corners: bool = True,
) -> Array:
    """Return V, the map U warped by ``theta``.

    Convention:
        Direction: theta maps V to U (target -> source); scale 0.5 zooms in.
        Frame: normalized (x, y), x right, y down; see `stnctl.geometry.grid`.

    Args:
        U: (B, H, W, C), floating.
        theta: (B, num_params) of the transform.
        transform: A key of `TRANSFORMS`, or a `Transform`.
        output_size: (H', W'); default the size of U.
        interpolation: As in `sample`.
        padding: As in `sample`.
        fill_value: As in `sample`.
        align_corners: As in `sample`.

    Returns:
        V of shape (B, H', W', C), in the dtype of U.

    Raises:
        TypeError: If U or theta is not an array.
        ValueError: If a shape, a dtype or a choice is not one of the above.
    """
    check_map(U)
    size = (U.shape[1], U.shape[2]) if output_size is None else output_size
    grid = find_transform(transform).grid(theta, size, align_corners=align_corners)
    return sample(
        U,
        grid,
        interpolation=interpolation,
        padding=padding,
        fill_value=fill_value,
        align_corners=align_corners,
    )
