"""Sample of the validation images, on which a training observes its transformers."""

from collections import Counter
from functools import cached_property

import keras
import numpy as np

from stnctl.data.batches import epoch_order
from stnctl.data.split_view import EpochExamples
from stnctl.evaluation.alignment import drawn_poses
from stnctl.evaluation.batch_prediction import predict
from stnctl.models.build import with_theta
from stnctl.models.job import Job
from stnctl.models.predictor import predictor

SIZE = 256
"""Number of images, unless there are fewer or more snapshots."""


class ValidationSample:
    """Validation images of a training, the same in each epoch."""

    def __init__(self, job: Job) -> None:
        """Store the configuration and the data."""
        self.job = job

    @cached_property
    def examples(self) -> EpochExamples:
        """All validation images."""
        return self.job.examples("validation", compiled=True)

    @cached_property
    def indices(self) -> np.ndarray:
        """Indices of the sample in the validation split, (n,), int64."""
        total = len(self.job.view("validation"))
        return self.spread(min(max(SIZE, self.job.config.train.snapshots), total))

    def spread(self, count: int) -> np.ndarray:
        """Return the indices of ``count`` images; those of a smaller count are among them."""
        labels = self.job.examples("validation").labels
        return spread_indices(labels, count, self.job.config.data.test_seed)

    @cached_property
    def inputs(self) -> np.ndarray:
        """U of the sample, (n, H, W, C)."""
        return self.examples.inputs(self.indices)

    @cached_property
    def drawn(self) -> np.ndarray | None:
        """The drawn distortions of the sample, see `drawn_poses`."""
        poses = drawn_poses(self.examples)
        return None if poses is None else poses[self.indices]

    def predict(self, model: keras.Model) -> dict[str, np.ndarray]:
        """Return the outputs of `with_theta` for the sample.

        The weights and the random generators of the model stay as they are.
        """
        outputs: dict[str, np.ndarray] = predict(
            predictor(with_theta(model)), self.examples, self.indices
        )
        return outputs


def spread_indices(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return the indices of random examples, with as many different labels as possible.

    Args:
        labels: The labels of all examples, (N,).
        count: Number of indices n, at most N.
        seed: Seed of the choice.

    Returns:
        The indices, (n,), int64, in the order of their labels.
    """
    order = epoch_order(seed, 0, len(labels))
    seen: Counter[int] = Counter()
    ranks = []
    for label in labels[order].tolist():
        ranks.append(seen[label])
        seen[label] += 1
    chosen = order[np.argsort(ranks, kind="stable")[:count]]
    return chosen[np.argsort(labels[chosen], kind="stable")]
