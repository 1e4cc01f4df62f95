"""What the labels of sums are made of."""

from collections.abc import Sequence

import numpy as np

from stnctl.data.views import Epoch


def terms_of(examples: Epoch, indices: np.ndarray) -> np.ndarray | None:
    """Return the labels of the images of which examples are made, None where labels are no sums.

    Args:
        examples: The examples of an epoch.
        indices: Those to look at, (n,).

    Returns:
        (n, number of images), int64.
    """
    if len(examples.images) < 2:
        return None
    stored = examples.view.split.labels
    return np.stack([stored[image.source[indices]] for image in examples.images], axis=1)


def write_sum(terms: Sequence[int]) -> str:
    """Return a sum as in ``1 + 8 = 9``."""
    return f"{' + '.join(map(str, terms))} = {sum(terms)}"
