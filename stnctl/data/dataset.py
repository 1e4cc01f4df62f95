"""What a data set is, in memory."""

import hashlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from stnctl.errors import InputError, UsageError, did_you_mean

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


_KEY = 2**128 - 1
"""Of the random numbers that choose what is held out; no other draw has it."""


def split_arrays(arrays: Arrays, validation: float | Literal["test"]) -> tuple[Split, Split, Split]:
    """Return the training, validation and test set of a source.

    Args:
        arrays: As from `canonical`. If it has a validation set, that is taken.
        validation: Else the share of the training set to hold out, or "test" for the test set.

    Raises:
        InputError: If there are too few examples to hold one out.
    """
    train, test = Split(arrays.x_train, arrays.y_train), Split(arrays.x_test, arrays.y_test)
    if arrays.x_validation is not None and arrays.y_validation is not None:
        return train, Split(arrays.x_validation, arrays.y_validation), test
    if validation == "test":
        return train, test, test
    return *hold_out(train, validation), test


def hold_out(split: Split, share: float) -> tuple[Split, Split]:
    """Split off a share of the examples, chosen at random, and yet the same in every run.

    A rule such as every tenth would not do: MNIST's training images come from two sources in turn,
    so that all that have odd numbers are bolder, and easier.

    Args:
        split: N examples.
        share: The share to hold out, above 0 and at most 0.5.

    Returns:
        What is left, and what was held out.

    Raises:
        InputError: If there are too few examples to hold one out.
        ValueError: If the share is out of range.
    """
    if not 0 < share <= 0.5:
        raise ValueError(f"share must be above 0 and at most 0.5, got {share}")
    count = int(len(split) * share)
    if not count:
        raise InputError(
            f"{len(split)} training examples leave none to validate on: data.validation is "
            f"{share:g}",
            hint="raise data.validation, or set it to test",
        )
    held = np.zeros(len(split), bool)
    held[np.argsort(np.random.Philox(key=_KEY).random_raw(len(split)))[:count]] = True
    return _select(split, ~held), _select(split, held)


def _select(split: Split, mask: np.ndarray) -> Split:
    return Split(split.images[mask], split.labels[mask])
