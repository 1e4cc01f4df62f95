"""Data sets in memory: checked arrays, splits, and a hash of their content."""

import hashlib
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from stnctl.config.choices import SPLITS
from stnctl.errors import ConfigError, ConfigProblem, InputError, UsageError, did_you_mean

_HOLD_OUT_KEY = 2**128 - 1
"""Philox key of the random choice of held-out examples. No other random generator uses this key."""

_TEST_KEY = 2**128 - 2
"""Philox key of the random choice of the test set of a source without one."""

_SUBSET_KEY = 2**63
"""Philox key of the random choice of training examples, plus the seed, which is below 2**32."""


class Arrays(NamedTuple):
    """Arrays of a source, with the names of `stnctl.config.data_section.ArrayKeys`.

    Attributes:
        x_train: Training images, (N, H, W[, C]).
        y_train: Their labels, (N,).
        x_test: Test images, (M, H, W[, C]); None if the source has none.
        y_test: Their labels, (M,); None if the source has none.
        x_validation: Validation images, (L, H, W[, C]); None if the source has none.
        y_validation: Their labels, (L,); None if the source has none.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray | None = None
    y_test: np.ndarray | None = None
    x_validation: np.ndarray | None = None
    y_validation: np.ndarray | None = None

    def named(self) -> dict[str, np.ndarray]:
        """Return the arrays that are not None, by name."""
        return {name: array for name, array in self._asdict().items() if array is not None}


class SourceData(NamedTuple):
    """Content of a source.

    Attributes:
        arrays: The arrays, with their stored values.
        class_names: Names of the classes, in the order of the labels; None if the source has none.
        first_label: Label of the first class.
        notes: Texts for the user about files that were changed or not read.
    """

    arrays: Arrays
    class_names: tuple[str, ...] | None = None
    first_label: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Split:
    """Images with their labels, such as a training set.

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
    """Checked data set.

    Attributes:
        train: The training set.
        validation: The set that selects the best checkpoint: the validation set of the source, a
            held-out share of its training set, or ``test`` itself.
        test: The test set.
        source: "mnist", "digits", or the path of the source.
        sha256: `content_sha256` of the arrays.
        num_classes: The largest label of the source's training set, plus 1; or the number of
            ``given_names``.
        given_names: Names of the classes, in the order of the labels; None if they have none.
        first_label: Label of the first class in the source.
        notes: Texts for the user about the source.
    """

    train: Split
    validation: Split
    test: Split
    source: str
    sha256: str
    num_classes: int
    given_names: tuple[str, ...] | None = None
    first_label: int = 0
    notes: tuple[str, ...] = ()

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the labels: given ones, or the stored labels."""
        numbers = range(self.first_label, self.first_label + self.num_classes)
        return self.given_names or tuple(map(str, numbers))

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(H, W, C) of the images."""
        _, height, width, channels = self.train.images.shape
        return height, width, channels

    @property
    def has_names(self) -> bool:
        """Whether a class has another name than its number, counted from 0."""
        return self.class_names != tuple(map(str, range(self.num_classes)))

    @property
    def lowest_label(self) -> int:
        """The smallest label of the training set. Labels are numbered from 0."""
        return int(self.train.labels.min())

    def split(self, name: str) -> Split:
        """Return the split called "train", "validation" or "test".

        Raises:
            UsageError: If there is no such split.
        """
        if name not in SPLITS:
            near = did_you_mean(name, SPLITS)
            raise UsageError(f"no split {name!r}, expected one of {', '.join(SPLITS)}{near}")
        split: Split = getattr(self, name)
        return split


def content_sha256(arrays: Arrays) -> str:
    """Return a hash of the arrays: their names, dtypes, shapes and values.

    The hash identifies the data. It does not depend on the format and the compression of the file,
    on the names of the arrays in the file, or on the layout of the labels. Validation arrays that
    are None have no effect.

    Args:
        arrays: Images (N, H, W, C), uint8 or float32, and labels (N,), int64, from
            `stnctl.data.sources.array_checks.canonical_arrays`.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for name, array in arrays.named().items():
        digest.update(f"{name} {array.dtype.name} {array.shape}\n".encode())
        little_endian = array.dtype.newbyteorder("<")
        digest.update(np.ascontiguousarray(array, little_endian).data.cast("B"))
    return digest.hexdigest()


def split_arrays(
    arrays: Arrays, validation: float | Literal["test"], test_share: float | None = None
) -> tuple[Split, Split, Split]:
    """Return the training, validation and test set of a source.

    Args:
        arrays: Arrays from `canonical_arrays`. Their validation set is used if there is one.
        validation: For a source without validation set: the share of the training set to hold out,
            or "test" to validate on the test set.
        test_share: For a source without test set: the share of the training set that becomes the
            test set.

    Raises:
        ConfigError: If the source has no test set and ``test_share`` is None, or if it has one and
            ``test_share`` is given.
        InputError: If there are too few examples to hold one out.
    """
    train, test = _with_test(arrays, test_share)
    if arrays.x_validation is not None and arrays.y_validation is not None:
        return train, Split(arrays.x_validation, arrays.y_validation), test
    if validation == "test":
        return train, test, test
    return *hold_out(train, validation), test


def _with_test(arrays: Arrays, share: float | None) -> tuple[Split, Split]:
    """Return the examples for training and validation, and the test set."""
    train = Split(arrays.x_train, arrays.y_train)
    if arrays.x_test is not None and arrays.y_test is not None:
        if share is not None:
            problem = "belongs to a source without test set, but this one has a test set"
            raise ConfigError(ConfigProblem(problem, got=f"{share:g}", path="data.test"))
        return train, Split(arrays.x_test, arrays.y_test)
    if share is None:
        problem = "expected the share of the test set: the source has none"
        raise ConfigError(
            ConfigProblem(problem, got="null", path="data.test"),
            hint="set for example `data.test: 0.1`",
        )
    return hold_out(train, share, key="data.test")


def hold_out(
    split: Split, share: float, *, key: Literal["data.validation", "data.test"] = "data.validation"
) -> tuple[Split, Split]:
    """Hold out a random share of the examples; the choice is the same in every run.

    A regular choice, such as every tenth example, would be biased. The training images of MNIST
    alternate between two sources, so all images with odd indices are bolder and easier to classify.

    Args:
        split: N examples.
        share: The share to hold out, above 0 and at most 0.5.
        key: The key of the config that has the share. The choices for both keys differ.

    Returns:
        The remaining examples, and the held-out ones.

    Raises:
        InputError: If there are too few examples to hold one out.
        ValueError: If the share is out of range.
    """
    if not 0 < share <= 0.5:
        raise ValueError(f"share must be above 0 and at most 0.5, got {share}")
    count = int(len(split) * share)
    if not count:
        purpose = "test" if key == "data.test" else "validate"
        raise InputError(
            f"{len(split)} training examples leave none to {purpose} on: {key} is {share:g}",
            hint=f"raise {key}" if key == "data.test" else f"raise {key}, or set it to test",
        )
    held_out = np.zeros(len(split), bool)
    philox = np.random.Philox(key=_TEST_KEY if key == "data.test" else _HOLD_OUT_KEY)
    raw = philox.random_raw(len(split))
    held_out[np.argsort(raw)[:count]] = True
    return _select(split, ~held_out), _select(split, held_out)


def draw_subset(split: Split, size: int, seed: int) -> Split:
    """Return some examples, drawn at random, in their stored order.

    With the same seed, the subset of a smaller size is part of that of a larger size.

    Args:
        split: N examples.
        size: Number of examples to draw, at least 1.
        seed: Seed of the choice, 0 to 2**32 - 1.

    Raises:
        ConfigError: If there are fewer than ``size`` examples.
    """
    if size > len(split):
        problem = f"expected at most {len(split)}, the number of images left for the training"
        raise ConfigError(
            ConfigProblem(problem, got=str(size), path="data.train_size"),
            hint="leave the key out to train on all of them",
        )
    drawn = np.zeros(len(split), bool)
    raw = np.random.Philox(key=_SUBSET_KEY + seed).random_raw(len(split))
    drawn[np.argsort(raw)[:size]] = True
    return _select(split, drawn)


def _select(split: Split, mask: np.ndarray) -> Split:
    return Split(split.images[mask], split.labels[mask])
