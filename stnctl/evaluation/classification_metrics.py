"""Classification metrics of logits and labels. Only NumPy is needed."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Metrics:
    """Metrics of logits (N, K) against labels (N,).

    Attributes:
        num_examples: N, the number of examples.
        loss: Mean cross-entropy in nats.
        accuracy: Share of correct predictions, 0 to 1.
        confusion: Confusion matrix of counts, (K, K). Rows are true classes, columns are predicted
            classes.
    """

    num_examples: int
    loss: float
    accuracy: float
    confusion: np.ndarray

    @property
    def error_percent(self) -> float:
        """Share of wrong predictions, in %."""
        return 100 * (1 - self.accuracy)

    @property
    def precision(self) -> list[float | None]:
        """Precision of each class, 0 to 1; None for a class that is never predicted."""
        return _shares(self.confusion.diagonal(), self.confusion.sum(axis=0))

    @property
    def recall(self) -> list[float | None]:
        """Recall of each class, 0 to 1; None for a class without examples."""
        return _shares(self.confusion.diagonal(), self.confusion.sum(axis=1))


def measure(logits: np.ndarray, labels: np.ndarray) -> Metrics:
    """Return the metrics of logits (N, K) against labels (N,), N >= 1."""
    num_classes = logits.shape[1]
    predicted = logits.argmax(axis=1)
    pairs = np.bincount(labels * num_classes + predicted, minlength=num_classes**2)
    return Metrics(
        num_examples=len(labels),
        loss=float(cross_entropy(logits, labels).mean()),
        accuracy=float((predicted == labels).mean()),
        confusion=pairs.reshape(num_classes, num_classes),
    )


def log_probabilities(logits: np.ndarray) -> np.ndarray:
    """Return the logarithm of the softmax of logits (N, K), as (N, K), float64."""
    shifted = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the cross-entropy of logits (N, K) and labels (N,) for each example, (N,), in nats."""
    return np.asarray(-log_probabilities(logits)[np.arange(len(labels)), labels])


def _shares(parts: np.ndarray, wholes: np.ndarray) -> list[float | None]:
    return [
        float(part / whole) if whole else None for part, whole in zip(parts, wholes, strict=True)
    ]
