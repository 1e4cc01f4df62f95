"""Reading of maps of bytes by the taps of the sampler, without a float copy of the map. On NumPy.

Three things make it faster than `Sampler.read`: each pixel is one machine word, so that all its
channels are gathered at once; the channels are the first axis, a plane for each, so that no inner
loop of NumPy is as short as the number of channels; and no derivatives of the weights are computed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from stnctl.geometry.levels import to_levels
from stnctl.geometry.grid import axes_to_pixels
from stnctl.geometry.interpolation.taps import Tap
from stnctl.geometry.sampler import Sampler, both_inside

MAX_CHANNELS = 4
"""Maximum number of channels: the bytes of a word of 32 bits."""

@dataclass(frozen=True, eq=False)
class ByteSource:
    """A map of bytes, to be read by a sampler.

    Attributes:
        words: The pixels of U, (H W,): uint8 for one channel, else uint32 with the first channel in
            the lowest byte.
        num_channels: C of U.
        sampler: A sampler whose interpolation has no prefilter.
    """

    words: np.ndarray
    num_channels: int
    sampler: Sampler

    def read(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return V, (H', W', C), uint8: the rounded levels of `Sampler.read` on U / 255.

        Args:
            x: Normalized x of the points, (1, H', W').
            y: Normalized y of the points, (1, H', W').
        """
        columns, rows = self._taps(x, y)
        lines = (
            _weighted_sum((column.weight, self._pixels(column, row)) for column in columns)
            for row in rows
        )
        planes = _weighted_sum(zip((row.weight for row in rows), lines, strict=True))
        V = np.empty((*x.shape[1:], self.num_channels), np.uint8)
        for channel, plane in enumerate(planes[:, 0]):
            V[..., channel] = to_levels(plane)
        return V

    def _taps(self, x: np.ndarray, y: np.ndarray) -> tuple[list[Tap], list[Tap]]:
        """Return the taps of x and of y, (1, H', W') each, with weights in float32.

        The index of a tap of y is that of the first word of its row.
        """
        sampler, padding = self.sampler, self.sampler.padding
        height, width = sampler.input_size
        with np.errstate(invalid="ignore", over="ignore"):  # points may be infinite
            x, y = axes_to_pixels(x, y, (height, width), align_corners=padding.align_corners)
            columns = sampler.interpolation.taps(x, width, padding)
            rows = sampler.interpolation.taps(y, height, padding)
        dtype = np.int32 if len(self.words) < 2**31 else np.int64
        starts = [replace(tap, index=np.multiply(tap.index, width, dtype=dtype)) for tap in rows]
        return [self._masked(tap) for tap in columns], [self._masked(tap) for tap in starts]

    def _masked(self, tap: Tap) -> Tap:
        """Return the tap with its weight in float32; for "zeros", it is 0 outside U."""
        weight = tap.weight.astype(np.float32)
        if self.sampler.padding.mode != "zeros" or tap.inside is None:
            return replace(tap, weight=weight)
        return replace(tap, weight=np.where(tap.inside, weight, np.float32(0)), inside=None)

    def _pixels(self, x: Tap, y: Tap) -> np.ndarray:
        """Return the pixels in the column of x and the row of y, (C, 1, H', W'), float32."""
        found = self.words.take(y.index + x.index, mode="clip")  # faster than "raise"
        planes = np.empty((self.num_channels, *found.shape), np.float32)
        for channel, plane in enumerate(planes):
            np.divide(_levels(found, channel, self.num_channels), np.float32(255), out=plane)
        inside = both_inside(x, y)
        if inside is not None:
            fill = self.sampler.padding.outside(planes)
            np.copyto(planes, fill.reshape(-1, 1, 1, 1), where=~inside)
        return planes


def byte_source(U: np.ndarray, sampler: Sampler) -> ByteSource:
    """Return the source for U (H, W, C), uint8, with up to `MAX_CHANNELS` channels."""
    num_channels = U.shape[2]
    if num_channels == 1:
        return ByteSource(U.reshape(-1), 1, sampler)
    words = np.zeros((*U.shape[:2], 4), np.uint8)
    for channel in range(num_channels):
        words[..., channel] = U[..., channel]
    return ByteSource(words.reshape(-1).view("<u4"), num_channels, sampler)


def _levels(words: np.ndarray, channel: int, num_channels: int) -> np.ndarray:
    """Return one channel of words (...), from 0 to 255, in float32."""
    if num_channels == 1:
        return words.astype(np.float32)
    levels = words >> np.uint32(8 * channel)
    if channel < num_channels - 1:
        levels &= np.uint32(255)
    return levels.view(np.int32).astype(np.float32)  # NumPy converts signed integers faster


def _weighted_sum(terms: Iterable[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return the sum of weights, (1, H', W'), times planes, (C, 1, H', W'), which it overwrites."""
    products = (np.multiply(planes, weight, out=planes) for weight, planes in terms)
    return reduce(lambda total, product: np.add(total, product, out=total), products)
