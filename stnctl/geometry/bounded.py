"""Parameters kept within bounds, for the heads of localization networks."""

import numpy as np

from stnctl.geometry._namespace import Array, array_namespace, constant


def bounded(raw: Array, identity: np.ndarray, bounds: np.ndarray) -> Array:
    """Return theta within its bounds, and exactly the identity where ``raw`` is 0.

    It is the logistic function, moved so that it passes through the identity at 0 and scaled to
    the bounds: identity + (high - low) (sigmoid(raw + c) - sigmoid(c)). It is computed by the
    addition theorem of tanh, in t = tanh(raw / 2) and k = tanh(c / 2), which leaves nothing but
    the identity at 0. Where the identity is the middle, this is a scaled tanh.

    Args:
        raw: (B, num_params), any numbers.
        identity: (num_params,).
        bounds: (num_params, 2), low and high, with the identity between.

    Returns:
        theta of shape (B, num_params), in the dtype of ``raw``.

    Raises:
        ValueError: If the identity doesn't lie between the bounds.
    """
    low, high = np.asarray(bounds, "float64").T
    if not ((low < identity) & (identity < high)).all():
        raise ValueError(f"the identity {identity} must lie within the bounds {bounds}")
    xp = array_namespace(raw)
    k = 2 * (identity - low) / (high - low) - 1
    t = xp.tanh(raw / 2)
    rise = constant((high - low) / 2 * (1 - k**2), like=raw) * t / (1 + constant(k, like=raw) * t)
    return constant(identity, like=raw) + rise
