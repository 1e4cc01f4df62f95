"""Random numbers as a pure function of (seed, split, epoch, index), by Philox.

Philox numbers its blocks of four. Each example has blocks of its own, so that what is drawn for
one never depends on another. Only the raw bits are taken from NumPy: they are the same in all of
its versions, which is not promised of its distributions.

Source: Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stnctl.data.dataset import SPLITS

BLOCK = 4
"""Numbers of one block."""


@dataclass(frozen=True)
class CounterRNG:
    """The random numbers of one epoch of one split.

    Attributes:
        seed: 0 to 2**32 - 1.
        split: One of `stnctl.data.dataset.SPLITS`.
        epoch: Number of the epoch, 0 to 2**64 - 1.
        stream: Tells numbers that are drawn anew for one step from those for another.
    """

    seed: int
    split: str
    epoch: int = 0
    stream: int = 0

    def uniform(self, size: int, width: int) -> np.ndarray:
        """Return the numbers of the examples 0 ... size - 1, (size, width), float64 in [0, 1)."""
        blocks = -(-width // BLOCK)
        raw = self._generator(0, attempt=0).random_raw(size * blocks * BLOCK)
        return _unit(raw.reshape(size, -1)[:, :width])

    def again(self, indices: Sequence[int] | np.ndarray, width: int, attempt: int) -> np.ndarray:
        """Return numbers anew for some examples, (n, width): for draws that were refused.

        Args:
            indices: The examples, (n,).
            width: How many numbers each.
            attempt: From 1; each gives others. 0 gives those of `uniform`.
        """
        blocks = -(-width // BLOCK)
        raw = [self._generator(i * blocks, attempt).random_raw(width) for i in map(int, indices)]
        return _unit(np.reshape(np.array(raw, np.uint64), (-1, width)))

    def _generator(self, block: int, attempt: int) -> np.random.Philox:
        """Return a generator at a block. The order of an epoch has keys below 2**32."""
        key = np.array([self.seed | (1 + SPLITS.index(self.split)) << 32, self.epoch], np.uint64)
        counter = np.array([block, attempt, self.stream if attempt else 0, 0], np.uint64)
        return np.random.Philox(key=key, counter=counter)


def uniform_between(uniform: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """Return numbers of any shape, uniform in [0, 1), as uniform in [low, high)."""
    low, high = bounds
    return low + (high - low) * uniform


def uniform_below(uniform: np.ndarray, count: int | np.ndarray) -> np.ndarray:
    """Return numbers of any shape, uniform in [0, 1), as uniform among 0 ... count - 1, int64.

    The largest, 1 - 2**-53, times a count below 2**53 is never rounded to the count.
    """
    return np.floor(uniform * count).astype(np.int64)


def normal_from_uniform(uniform: np.ndarray, std: float) -> np.ndarray:
    """Return numbers (..., 2 n), uniform in [0, 1), as normal ones of mean 0, same shape.

    Source: Box, Muller: A note on the generation of random normal deviates (1958).
    """
    radius = std * np.sqrt(-2 * np.log1p(-uniform[..., 0::2]))
    angle = 2 * np.pi * uniform[..., 1::2]
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return pairs.reshape(uniform.shape)


def _unit(raw: np.ndarray) -> np.ndarray:
    """Return 64 random bits each as float64 in [0, 1): the upper 53 of them."""
    return (raw >> np.uint64(11)) * 2.0**-53
