"""What a data set is, in memory."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stnctl.errors import UsageError, did_you_mean

SPLITS = ("train", "validation", "test")
"""The splits of a `Dataset`."""


class Arrays(NamedTuple):
    """The arrays of a source, under the names of `stnctl.config.schema.ArrayKeys`.

    Attributes:
        x_train: Images to train on, (N, H, W[, C]).
        y_train: Their labels, (N,).
        x_test: Images to measure on, (M, H, W[, C]).
        y_test: Their labels, (M,).
        x_validation: Images to choose the best checkpoint, (L, H, W[, C]), if the source has any.
        y_validation: Their labels, (L,), if it has any.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    x_validation: np.ndarray | None = None
    y_validation: np.ndarray | None = None

    def named(self) -> dict[str, np.ndarray]:
        """Return the arrays that are there, by name."""
        return {name: array for name, array in self._asdict().items() if array is not None}


@dataclass(frozen=True, eq=False)
class Split:
    """Labeled images.

    Attributes:
        images: (N, H, W, C), uint8, or float32 within [0, 1].
        labels: (N,), int64.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        """Return N, the number of examples."""
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A checked data set.

    Attributes:
        train: What the weights are fitted to.
        validation: What chooses the best checkpoint: the source's own, held out of ``train``, or
            ``test`` itself.
        test: What the result is measured on.
        source: Where it came from: "mnist", "digits", or the path.
        sha256: `content_sha256` of the arrays.
        num_classes: The largest label of the source's training set, plus 1.
    """

    train: Split
    validation: Split
    test: Split
    source: str
    sha256: str
    num_classes: int

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(H, W, C) of the images."""
        _, height, width, channels = self.train.images.shape
        return height, width, channels

    def split(self, name: str) -> Split:
        """Return the split called "train", "validation" or "test".

        Raises:
            UsageError: If there is no such split.
        """
        splits = {"train": self.train, "validation": self.validation, "test": self.test}
        if name not in splits:
            near = did_you_mean(name, splits)
            raise UsageError(f"no split {name!r}, expected one of {', '.join(splits)}{near}")
        return splits[name]


def content_sha256(arrays: Arrays) -> str:
    """Return the identity of the data: a hash of names, dtypes, shapes and values.

    The kind of file, its compression, its names for the arrays, and how it keeps labels have no
    part in it. Nor have validation arrays that are not there.

    Args:
        arrays: Images (N, H, W, C) uint8 or float32, labels (N,) int64, as from `canonical`.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for name, array in arrays.named().items():
        digest.update(f"{name} {array.dtype.name} {array.shape}\n".encode())
        little_endian = array.dtype.newbyteorder("<")
        digest.update(np.ascontiguousarray(array, little_endian).data.cast("B"))
    return digest.hexdigest()
