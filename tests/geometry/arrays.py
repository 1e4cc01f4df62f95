"""Random maps and thetas."""

import numpy as np

IDENTITY = np.array([[1.0, 0, 0, 0, 1, 0]])


def maps(*shape, seed=0, dtype="float64"):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def thetas(batch, seed=0, spread=0.4):
    """Return ``batch`` affine thetas round the identity, (B, 6)."""
    return IDENTITY + np.random.default_rng(seed).uniform(-spread, spread, (batch, 6))
