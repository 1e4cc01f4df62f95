"""Bounded parameters, for the heads of localization networks."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, constant


def bounded(raw: Array, identity: np.ndarray, bounds: np.ndarray) -> Array:
    """Return theta within its bounds; where ``raw`` is 0, theta is exactly the identity.

    The function is a logistic function, low + (high - low) sigmoid(raw + c), scaled to the bounds
    and shifted by c so that 0 gives the identity. By the addition theorem of tanh, with
    t = tanh(raw / 2), it equals identity + 2 up t / ((1 + t) + (1 - t) up / down), where up and
    down are the distances from the identity to the bounds. In this form, 0 gives the identity bit
    for bit, and no digits cancel near a bound. If the identity is in the middle of the bounds, the
    function is a scaled tanh.

    Args:
        raw: (B, num_params), unbounded numbers.
        identity: (num_params,).
        bounds: (num_params, 2), low and high; the identity is between the two.

    Returns:
        theta of shape (B, num_params), in the dtype of ``raw``.

    Raises:
        ValueError: If the shapes do not fit, or the identity is not between the bounds.
    """
    num_params = raw.shape[-1]
    if np.shape(bounds) != (num_params, 2) or np.shape(identity) != (num_params,):
        raise ValueError(
            f"{num_params} parameters need an identity of shape ({num_params},) and bounds of "
            f"shape ({num_params}, 2), got {np.shape(identity)} and {np.shape(bounds)}"
        )
    low, high = np.asarray(bounds, "float64").T
    if not ((low < identity) & (identity < high)).all():
        raise ValueError(f"the identity {identity} must be within the bounds {bounds}")
    xp = array_namespace(raw)
    up, down = high - identity, identity - low
    t = xp.tanh(raw / 2)
    rise = constant(2 * up, like=raw) * t / ((1 + t) + (1 - t) * constant(up / down, like=raw))
    return constant(identity, like=raw) + rise
