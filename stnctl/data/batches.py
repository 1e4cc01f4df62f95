"""From the stored data to what enters the network."""

from collections.abc import Iterator

import numpy as np

from stnctl.data.split_view import CHUNK, EpochExamples


def epoch_order(seed: int, epoch: int, size: int) -> np.ndarray:
    """Return the order of the examples in an epoch: a pure function, so that a resume is exact.

    Args:
        seed: Seed of the run, 0 to 2**64 - 1.
        epoch: Number of the epoch, 0 to 2**64 - 1.
        size: Number of examples.

    Returns:
        A permutation of 0 ... size - 1, int64.
    """
    key = np.array([seed, epoch], np.uint64)
    return np.random.Generator(np.random.Philox(key=key)).permutation(size)


def batches(
    examples: EpochExamples, order: np.ndarray, batch_size: int, first: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Give the batches of an epoch, one after another.

    Inputs are made in whole chunks of the order, so that what is in a batch does not depend on
    its size, nor on where the training went on.

    Args:
        examples: The examples of the epoch.
        order: The order in which they come, (n,).
        batch_size: Examples in a batch; the last one may be smaller.
        first: The number of the first batch to give, from 0.

    Yields:
        U (B, H, W, C), float32, and labels (B,).
    """
    made: dict[int, np.ndarray] = {}
    for start in range(first * batch_size, len(order), batch_size):
        stop = min(start + batch_size, len(order))
        needed = range(start // CHUNK, (stop - 1) // CHUNK + 1)
        made = {
            k: made[k] if k in made else examples.inputs(order[k * CHUNK : (k + 1) * CHUNK])
            for k in needed
        }
        U = made[needed[0]] if len(made) == 1 else np.concatenate(list(made.values()))
        offset = needed[0] * CHUNK
        yield U[start - offset : stop - offset], examples.labels[order[start:stop]]
