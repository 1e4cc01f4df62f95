"""Random maps, points and thetas."""

import numpy as np

from stnctl.geometry import TRANSFORMS

IDENTITY = np.array([[1.0, 0, 0, 0, 1, 0]])

CLEARANCE = 1e-3
"""Distance of `clear_points` from the nearest kink or tie, in pixels."""


def maps(*shape, seed=0, dtype="float64"):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def points(*shape, seed=1, dtype="float64", reach=1.6):
    """Return normalized points, (*shape, 2), up to ``reach`` from the center."""
    return np.random.default_rng(seed).uniform(-reach, reach, (*shape, 2)).astype(dtype)


def thetas(batch, seed=0, spread=0.4, transform="affine"):
    """Return ``batch`` thetas around the identity, (B, num_params)."""
    identity = TRANSFORMS[transform].identity()
    moves = np.random.default_rng(seed).uniform(-spread, spread, (batch, len(identity)))
    return identity + moves


def clear_points(batch, output_size, input_size, *, align_corners=True, seed=1, outside=4.0):
    """Return normalized points (B, H', W', 2) that are `CLEARANCE` from whole and half pixels.

    Args:
        batch: B.
        output_size: (H', W').
        input_size: (H, W) of the map to sample.
        align_corners: The position of -1 and 1.
        seed: Seed of the random generator.
        outside: Largest distance from the outermost pixels.
    """
    random = np.random.default_rng(seed)
    last = np.array(input_size[::-1]) - 1.0
    last_step = (2 * (last + outside)).astype(int)
    steps = random.integers(int(-2 * outside), last_step, (batch, *output_size, 2))
    pixels = (steps + random.uniform(2 * CLEARANCE, 1 - 2 * CLEARANCE, steps.shape)) / 2
    return (2 * pixels - last) / np.maximum(last + (not align_corners), 1)
