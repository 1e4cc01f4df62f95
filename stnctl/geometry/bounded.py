"""Parameters kept within bounds, for the heads of localization networks."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, constant


def bounded(raw: Array, identity: np.ndarray, bounds: np.ndarray) -> Array:
    """Return theta within its bounds, and exactly the identity where ``raw`` is 0.

    It is the logistic function, moved so that it passes through the identity at 0 and scaled to
    the bounds: low + (high - low) sigmoid(raw + c). By the addition theorem of tanh, in
    t = tanh(raw / 2), that is identity + 2 up t / ((1 + t) + (1 - t) up / down), with the ways up
    and down from the identity to the bounds: nothing but the identity is left at 0, and nothing
    cancels near a bound. Where the identity is the middle, this is a scaled tanh.

    Args:
        raw: (B, num_params), any numbers.
        identity: (num_params,).
        bounds: (num_params, 2), low and high, with the identity between.

    Returns:
        theta of shape (B, num_params), in the dtype of ``raw``.

    Raises:
        ValueError: If the shapes don't fit, or the identity doesn't lie between the bounds.
    """
    num_params = raw.shape[-1]
    if np.shape(bounds) != (num_params, 2) or np.shape(identity) != (num_params,):
        raise ValueError(
            f"{num_params} parameters need an identity of shape ({num_params},) and bounds of "
            f"shape ({num_params}, 2), got {np.shape(identity)} and {np.shape(bounds)}"
        )
    low, high = np.asarray(bounds, "float64").T
    if not ((low < identity) & (identity < high)).all():
        raise ValueError(f"the identity {identity} must lie within the bounds {bounds}")
    xp = array_namespace(raw)
    up, down = high - identity, identity - low
    t = xp.tanh(raw / 2)
    rise = constant(2 * up, like=raw) * t / ((1 + t) + (1 - t) * constant(up / down, like=raw))
    return constant(identity, like=raw) + rise
