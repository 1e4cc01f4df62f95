"""Numbers of values of the spatial transformer for one image."""

import math

from stnctl.config.schema import TransformerConfig
from stnctl.geometry.interpolation import area, spline
from stnctl.geometry.transforms.thin_plate_spline import ThinPlateSpline
from stnctl.models.network_part import NetworkPart, Shape
from stnctl.models.theta import configured_transform

SPLINE_COPIES = 36
"""Number of arrays with a value for each pixel and control point, while a spline is prepared."""

_TAP_VALUES = {"bicubic": 2, "quadratic": 2, "cubic": 2, "area": 36}
"""Values for the taps of each pixel of V that are not fused; other interpolations have none."""

_FORWARD_SHARE = 1 / 4
"""Share of the values for taps that a prediction needs, which has no gradients."""


def sampler_part(config: TransformerConfig, shape: Shape) -> NetworkPart:
    """Return the grid generator and the sampler as one part, for U of ``shape`` (H, W, C).

    The activations are V and the grid. The scratch is the prefiltered U and the values for taps.
    The constants are those of the grid generator.
    """
    size, channels = config.output_size or shape[:2], shape[2]
    pixels = math.prod(size)
    taps = pixels * _TAP_VALUES.get(config.interpolation, 0)
    forward = round(_FORWARD_SHARE * taps)
    transform = configured_transform(config)
    points = math.prod(transform.control_points) if isinstance(transform, ThinPlateSpline) else 0
    return NetworkPart(
        key="model.transformer",
        parameters=0,
        activations=pixels * (channels + 2),
        scratch=_prefiltered(config, shape) * channels + forward,
        step_scratch=taps - forward,
        constants=SPLINE_COPIES * pixels * points,
    )


def _prefiltered(config: TransformerConfig, shape: Shape) -> int:
    """Return the number of values for each channel while U is prefiltered."""
    height, width, _ = shape
    if config.interpolation == "area":
        rows, columns = (sum(area.level_sizes(size)) for size in (height, width))
        return rows * width + rows * columns
    if config.interpolation in ("quadratic", "cubic"):
        margin = 0 if config.padding == "reflection" else spline.MARGIN
        extended = (height + 2 * margin) * (width + 2 * (margin + spline.REACH))
        return (2 * len(spline.SHIFTS) + 1) * extended
    return 0
