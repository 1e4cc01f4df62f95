"""Shuffle order and batches of an epoch."""

import math
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from stnctl.data.ahead import ahead
from stnctl.data.chunk import CHUNK

BATCH_SIZE = 256
"""Number of images in a batch of a prediction. A training has its own, `train.batch_size`."""

MAX_VALUES = 2**22
"""Maximum number of values of U in such a batch, so that batches of large images fit in memory."""


def prediction_batch_size(input_shape: tuple[int, ...]) -> int:
    """Return the number of images (H, W, C) in a batch of a prediction."""
    return min(BATCH_SIZE, max(1, MAX_VALUES // math.prod(input_shape)))


def epoch_order(seed: int, epoch: int, size: int) -> np.ndarray:
    """Return the random order of the examples in an epoch.

    The order depends only on the arguments, so that a resumed training has the same order.

    Args:
        seed: Seed of the run, 0 to 2**64 - 1.
        epoch: The epoch, from 0, at most 2**64 - 1.
        size: Number of examples.

    Returns:
        A permutation of 0 ... size - 1, (size,), int64.
    """
    key = np.array([seed, epoch], np.uint64)
    return np.random.Generator(np.random.Philox(key=key)).permutation(size)


class Examples(Protocol):
    """Examples of an epoch, such as `stnctl.data.split_view.EpochExamples`."""

    def arrays(self, indices: np.ndarray) -> dict[str, np.ndarray]:
        """Return arrays by their names, with one row for each of the indices (n,)."""


def batches(
    examples: Examples,
    order: np.ndarray,
    batch_size: int,
    first: int = 0,
    part: tuple[int, int] = (0, 1),
) -> Iterator[dict[str, np.ndarray]]:
    """Yield the batches of an epoch.

    The order is divided into chunks of `CHUNK` examples, which are always rendered together. So the
    bytes of an example depend neither on the batch size nor on the batch at which training resumes.
    A thread renders the next chunk while the caller uses a batch.

    Args:
        examples: The examples of the epoch.
        order: Indices of the examples in the order of the training, (n,).
        batch_size: Number of examples in a batch. The last batch may be smaller.
        first: Index of the first batch to yield, from 0.
        part: Index and number of the equal parts of each full batch, of which this one is yielded.
            The number divides the size. A smaller last batch is always yielded as a whole.

    Yields:
        The arrays of the examples by their names, with B rows: for an epoch of a split view, `U`
        (B, H, W, C), float32, and `labels` (B,).
    """
    spans = list(_spans(len(order), batch_size, first, part))
    needed = dict.fromkeys(k for span in spans for k in _chunks_of(span))
    coming = ahead(examples.arrays(order[k * CHUNK : (k + 1) * CHUNK]) for k in needed)
    rendered: dict[int, dict[str, np.ndarray]] = {}
    for start, stop in spans:
        own = _chunks_of((start, stop))
        rendered = {k: rendered[k] if k in rendered else next(coming) for k in own}
        offset = own[0] * CHUNK
        rows = slice(start - offset, stop - offset)
        yield {name: array[rows] for name, array in _joined(list(rendered.values())).items()}


def _joined(chunks: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return the rows of all chunks in one array for each name, without a copy of a single one."""
    if len(chunks) == 1:
        return chunks[0]
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}


def _spans(
    size: int, batch_size: int, first: int, part: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield the first position and the position after the last one of each batch of an epoch."""
    index, count = part
    for start in range(first * batch_size, size, batch_size):
        if start + batch_size > size:
            yield start, size
        else:
            begin = start + index * batch_size // count
            yield begin, begin + batch_size // count


def _chunks_of(span: tuple[int, int]) -> range:
    start, stop = span
    return range(start // CHUNK, (stop - 1) // CHUNK + 1)
