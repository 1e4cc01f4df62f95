"""Weights of the classes in the training loss. Keras is not loaded."""

import numpy as np

from stnctl.errors import ConfigError, ConfigProblem
from stnctl.models.job import Job


def check_class_weights(job: Job) -> None:
    """Check that configured weights are one for each class.

    Raises:
        ConfigError: If there are more or fewer weights than classes.
    """
    weights = job.config.train.class_weights
    if isinstance(weights, tuple) and len(weights) != job.num_classes:
        problem = f"expected {job.num_classes} weights, one for each class of the data"
        raise ConfigError(ConfigProblem(problem, got=str(len(weights)), path="train.class_weights"))


def class_weights_of(job: Job) -> np.ndarray | None:
    """Return the weight of each class in the training loss, or None for equal weights.

    With `balanced`, all classes have the same total weight, and the mean weight of the training
    images is 1. Classes without training images have the weight 1. The labels are those of the
    first epoch: if labels are sums of drawn images, they differ between epochs.

    Returns:
        (num_classes,), float32.
    """
    weights = job.config.train.class_weights
    if weights is None:
        return None
    if isinstance(weights, tuple):
        return np.array(weights, "float32")
    counts = np.bincount(job.view("train").examples().labels, minlength=job.num_classes)
    is_present = counts > 0
    weights = counts.sum() / (is_present.sum() * np.maximum(counts, 1))
    return np.where(is_present, weights, 1).astype("float32")
