"""What is trained on, what chooses, and what measures."""

from typing import Literal

import numpy as np

from stnctl.data.dataset import Arrays, Split
from stnctl.errors import InputError

_KEY = 2**128 - 1
"""Of the random numbers that choose what is held out; no other draw has it."""


def split_up(arrays: Arrays, validation: float | Literal["test"]) -> tuple[Split, Split, Split]:
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
