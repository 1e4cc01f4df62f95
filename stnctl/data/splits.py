"""How the validation set is held out."""

import numpy as np

from stnctl.data.dataset import Split
from stnctl.errors import InputError


def hold_out(split: Split, share: float) -> tuple[Split, Split]:
    """Split off every n-th example, n = round(1 / share): the last of each n.

    No draw is in it, so it is the same in every run.

    Args:
        split: N examples.
        share: The share to hold out, above 0 and at most 0.5.

    Returns:
        What is left, and what was held out.

    Raises:
        InputError: If there are fewer than n examples.
        ValueError: If the share is out of range.
    """
    if not 0 < share <= 0.5:
        raise ValueError(f"share must be above 0 and at most 0.5, got {share}")
    step = round(1 / share)
    if len(split) < step:
        raise InputError(
            f"{len(split)} training examples leave none to validate on: "
            f"data.validation {share:g} holds out every {step}th",
            hint="raise data.validation, or set it to test",
        )
    held = np.arange(len(split)) % step == step - 1
    return _select(split, ~held), _select(split, held)


def _select(split: Split, mask: np.ndarray) -> Split:
    return Split(split.images[mask], split.labels[mask])
