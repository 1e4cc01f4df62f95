"""Finite differences, as references for gradients."""

import numpy as np

STEP = 1e-6


def central_differences(function, at, step=STEP):
    """Return the derivatives of sum(function(at)) to every element of ``at``."""
    slopes = np.empty(at.size)
    for index in range(at.size):
        move = np.zeros(at.size)
        move[index] = step
        move = move.reshape(at.shape)
        slopes[index] = np.sum(function(at + move) - function(at - move)) / (2 * step)
    return slopes.reshape(at.shape)
