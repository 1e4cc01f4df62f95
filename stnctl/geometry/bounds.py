"""Parameters within bounds, for the heads of localization networks."""

import numpy as np

from stnctl.geometry.namespace import Array, array_namespace, constant


def bounded(raw: Array, identity: np.ndarray, bounds: np.ndarray) -> Array:
    """Return theta within its bounds, and exactly the identity where ``raw`` is 0.

    The function is logistic, shifted so that it passes through the identity at 0 and scaled to the
    bounds: low + (high - low) sigmoid(raw + c). By the addition theorem of tanh, with
    t = tanh(raw / 2), that is identity + 2 up t / ((1 + t) + (1 - t) up / down), where up and down
    are the distances from the identity to the bounds. In this form the result at 0 is the identity
    to the bit, and nothing cancels near a bound. Where the identity is in the middle, this is a
    scaled tanh.

    Args:
        raw: (B, num_params), any numbers.
        identity: (num_params,).
        bounds: (num_params, 2), low and high, with the identity in between.

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
