"""Random numbers as a pure function of (seed, split, epoch, example), from the generator Philox.

Philox generates numbers in blocks of four; each block is a function of a key and of the index of
the block. Every example has its own blocks, so its numbers never depend on other examples. Only the
raw bits come from NumPy, since all versions of NumPy generate the same bits. NumPy does not
guarantee this for its random distributions, such as `normal`.

Source: Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stnctl.config.choices import SPLITS

BLOCK_SIZE = 4
"""Number of random numbers in a block."""

CONSISTENCY = "consistency"
"""Name in the place of a split: the further distortion of the training images in a penalty."""

_SEQUENCES = (*SPLITS, CONSISTENCY)
"""Names of independent random numbers. A new name goes to the end."""


@dataclass(frozen=True)
class CounterRNG:
    """Random generator for one epoch of one split.

    Attributes:
        seed: The seed, 0 to 2**32 - 1.
        split: One of `SPLITS`, or `CONSISTENCY`.
        epoch: The epoch, 0 to 2**64 - 1.
        stream: Index of a sequence of redrawn numbers. Each distortion step of each image has its
            own index, so that their redrawn numbers are independent.
    """

    seed: int
    split: str
    epoch: int = 0
    stream: int = 0

    def uniform(self, size: int, width: int) -> np.ndarray:
        """Return uniform random numbers for the examples 0 ... size - 1.

        Args:
            size: Number of examples.
            width: Number of random numbers for each example.

        Returns:
            (size, width), float64 in [0, 1).
        """
        blocks = -(-width // BLOCK_SIZE)
        raw = self._generator(0, attempt=0).random_raw(size * blocks * BLOCK_SIZE)
        return _to_unit_interval(raw.reshape(size, -1)[:, :width])

    def redraw(self, indices: Sequence[int] | np.ndarray, width: int, attempt: int) -> np.ndarray:
        """Return new uniform random numbers for the given examples, to replace rejected ones.

        Args:
            indices: Indices of the examples, (n,).
            width: Number of random numbers for each example.
            attempt: Number of the attempt, from 1; each attempt gives other numbers. The attempt 0
                gives the numbers of `uniform`.

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
        number = 1 + _SEQUENCES.index(self.split)
        key = np.array([self.seed | number << 32, self.epoch], np.uint64)
        counter = np.array([block, attempt, self.stream if attempt else 0, 0], np.uint64)
        return np.random.Philox(key=key, counter=counter)


def uniform_between(uniform: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """Scale random numbers to a uniform distribution in [low, high).

    Args:
        uniform: Uniform in [0, 1), any shape.
        bounds: (low, high).

    Returns:
        The numbers, same shape.
    """
    low, high = bounds
    return low + (high - low) * uniform


def uniform_below(uniform: np.ndarray, count: int | np.ndarray) -> np.ndarray:
    """Convert random numbers to a uniform distribution over the integers 0 ... count - 1.

    Args:
        uniform: Uniform in [0, 1), any shape; multiples of 2**-53.
        count: Number of integers, below 2**53. The product of count and the largest random number,
            1 - 2**-53, is then never rounded to count.

    Returns:
        The integers, int64, in the broadcast shape of both arguments.
    """
    numbers: np.ndarray = np.floor(uniform * count).astype(np.int64)
    return numbers


def normal_from_uniform(uniform: np.ndarray, std: float) -> np.ndarray:
    """Convert random numbers to a normal distribution with mean 0.

    Args:
        uniform: Uniform in [0, 1), (..., 2 n).
        std: Standard deviation.

    Returns:
        The numbers, (..., 2 n).

    Source: Box, Muller: A note on the generation of random normal deviates (1958).
    """
    radius = std * np.sqrt(-2 * np.log1p(-uniform[..., 0::2]))
    angle = 2 * np.pi * uniform[..., 1::2]
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)
    return pairs.reshape(uniform.shape)


def _to_unit_interval(raw: np.ndarray) -> np.ndarray:
    """Convert integers of 64 random bits to float64 in [0, 1), by their upper 53 bits."""
    return (raw >> np.uint64(11)) * 2.0**-53
