"""The sampler for maps of bytes, without a float copy of the map. On NumPy.

It is faster than `Sampler.read`, for three reasons. Each pixel is one machine word, so that all its
channels are gathered at once. The channels are the first axis, so that no inner loop of NumPy is as
short as the number of channels. No derivatives of the weights are computed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from stnctl.geometry.grid import axes_to_pixels
from stnctl.geometry.interpolation.kernel import Kernel
from stnctl.geometry.interpolation.taps import split_in_place
from stnctl.geometry.levels import to_levels
from stnctl.geometry.sampler import Sampler, both_inside

MAX_CHANNELS = 4
"""Maximum number of channels: the bytes of a word of 32 bits."""


@dataclass(frozen=True, eq=False)
class ByteTap:
    """A tap of one axis, as `Tap`, without its slope.

    Attributes:
        index: As in `Tap`, (1, H', W').
        inside: As in `Tap`, (1, H', W') or None.
        weight: Weight of the pixel, float32, (1, H', W').
    """

    index: np.ndarray
    inside: np.ndarray | None
    weight: np.ndarray


@dataclass(frozen=True, eq=False)
class ByteSource:
    """A map of bytes, and the sampler that reads it.

    Attributes:
        words: The pixels of U, (H W,): uint8 for one channel, else uint32 with the first channel in
            the lowest byte.
        num_channels: C of U.
        sampler: The sampler.
        kernel: Its interpolation.
    """

    words: np.ndarray
    num_channels: int
    sampler: Sampler
    kernel: Kernel

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

    def _taps(self, x: np.ndarray, y: np.ndarray) -> tuple[list[ByteTap], list[ByteTap]]:
        """Return the taps of x and of y, (1, H', W') each; those of y index the start of a row."""
        height, width = size = self.sampler.input_size
        with np.errstate(invalid="ignore", over="ignore"):  # points may be infinite
            x, y = axes_to_pixels(x, y, size, align_corners=self.sampler.padding.align_corners)
        columns, rows = self._read_axis(x, width), self._read_axis(y, height)
        dtype = np.int32 if len(self.words) < 2**31 else np.int64
        return columns, [
            replace(row, index=np.multiply(row.index, width, dtype=dtype)) for row in rows
        ]

    def _read_axis(self, x: np.ndarray, size: int) -> list[ByteTap]:
        """Return the taps of an axis for its pixel coordinates, (1, H', W'), which it overwrites.

        For "zeros", the weights are 0 outside U.
        """
        padding = self.sampler.padding
        below, t = split_in_place(self.kernel.snapped(x), size)
        taps = []
        for offset, weight in enumerate(self.kernel.weights(t), start=self.kernel.first):
            index, inside = padding.locate(below + offset, size)
            share = weight.astype(np.float32)
            if padding.mode == "zeros" and inside is not None:
                share *= inside
                inside = None
            taps.append(ByteTap(index, inside, share))
        return taps

    def _pixels(self, x: ByteTap, y: ByteTap) -> np.ndarray:
        """Return the pixels in the column of x and the row of y, (C, 1, H', W'), float32."""
        found = self.words.take(y.index + x.index, mode="clip")  # faster than "raise"
        planes = np.empty((self.num_channels, *found.shape), np.float32)
        for channel, plane in enumerate(planes):
            np.divide(_levels(found, channel, self.num_channels), np.float32(255), out=plane)
        inside = both_inside(x.inside, y.inside)
        if inside is not None:  # only for "value"
            fill = self.sampler.padding.outside(planes)
            np.copyto(planes, fill.reshape(-1, 1, 1, 1), where=~inside)
        return planes


def byte_source(U: np.ndarray, sampler: Sampler) -> ByteSource | None:
    """Return the source for U (H, W, C), uint8; None if only floats can be read.

    It takes up to `MAX_CHANNELS` channels, and each interpolation that is a `Kernel`.
    """
    num_channels, kernel = U.shape[2], sampler.interpolation
    if num_channels > MAX_CHANNELS or not isinstance(kernel, Kernel):
        return None
    if num_channels == 1:
        return ByteSource(U.reshape(-1), 1, sampler, kernel)
    words = np.zeros((*U.shape[:2], 4), np.uint8)
    for channel in range(num_channels):
        words[..., channel] = U[..., channel]
    return ByteSource(words.reshape(-1).view("<u4"), num_channels, sampler, kernel)


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
