"""Random numbers as a pure function of (seed, split, epoch, example), by Philox.

Philox generates numbers in blocks of four, each from the number of its block. Every example has
blocks of its own, so its numbers never depend on those of other examples. Only the raw bits come
from NumPy: all of its versions generate the same bits, which it does not promise for its
distributions.

Source: Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stnctl.config.choices import SPLITS

BLOCK_SIZE = 4
"""Numbers in a block."""


@dataclass(frozen=True)
class CounterRNG:
    """Random generator for one epoch of one split.

    Attributes:
        seed: 0 to 2**32 - 1.
        split: One of `SPLITS`.
        epoch: Number of the epoch, 0 to 2**64 - 1.
        stream: Keeps the numbers that are redrawn for one step apart from those for other steps.
    """

    seed: int
    split: str
    epoch: int = 0
    stream: int = 0

    def uniform(self, size: int, width: int) -> np.ndarray:
        """Return numbers for the examples 0 ... size - 1, (size, width), float64 in [0, 1)."""
        blocks = -(-width // BLOCK_SIZE)
        raw = self._generator(0, attempt=0).random_raw(size * blocks * BLOCK_SIZE)
        return _to_unit_interval(raw.reshape(size, -1)[:, :width])

    def redraw(self, indices: Sequence[int] | np.ndarray, width: int, attempt: int) -> np.ndarray:
        """Return new numbers for some examples, in the place of rejected ones.

        Args:
            indices: The examples, (n,).
            width: Numbers for each example.
            attempt: Number of the attempt, from 1; each attempt has other numbers. 0 has those of
                `uniform`.

        Returns:
            (n, width), float64 in [0, 1).
        """
        blocks = -(-width // BLOCK_SIZE)
        raw = [self._generator(i * blocks, attempt).random_raw(width) for i in map(int, indices)]
        return _to_unit_interval(np.reshape(np.array(raw, np.uint64), (-1, width)))

    def _generator(self, block: int, attempt: int) -> np.random.Philox:
        """Return a generator that starts at a block.

        `stnctl.data.batches.epoch_order` uses keys below 2**32, this class keys above.
        """
        key = np.array([self.seed | (1 + SPLITS.index(self.split)) << 32, self.epoch], np.uint64)
        counter = np.array([block, attempt, self.stream if attempt else 0, 0], np.uint64)
        return np.random.Philox(key=key, counter=counter)


def uniform_between(uniform: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """Return numbers of any shape, uniform in [0, 1), as uniform in [low, high), same shape."""
    low, high = bounds
    return low + (high - low) * uniform


def uniform_below(uniform: np.ndarray, count: int | np.ndarray) -> np.ndarray:
    """Return numbers of any shape, uniform in [0, 1), as uniform among 0 ... count - 1, int64.

    The largest, 1 - 2**-53, times a count below 2**53 is never rounded to the count.
    """
    numbers: np.ndarray = np.floor(uniform * count).astype(np.int64)
    return numbers


def normal_from_uniform(uniform: np.ndarray, std: float) -> np.ndarray:
    """Return numbers (..., 2 n), uniform in [0, 1), as normal with mean 0, same shape.

    Source: Box, Muller: A note on the generation of random normal deviates (1958).
    """
    radius = std * np.sqrt(-2 * np.log1p(-uniform[..., 0::2]))
    angle = 2 * np.pi * uniform[..., 1::2]
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return pairs.reshape(uniform.shape)


def _to_unit_interval(raw: np.ndarray) -> np.ndarray:
    """Return 64 random bits each as float64 in [0, 1), from the upper 53 bits."""
    return (raw >> np.uint64(11)) * 2.0**-53
