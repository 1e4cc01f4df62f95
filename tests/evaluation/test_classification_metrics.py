import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn import metrics as sklearn_metrics

from stnctl.evaluation.classification_metrics import cross_entropy, log_probabilities, measure

CLASSES = range(5)


def random_outputs(size, *, seed=0, scale=3.0):
    random = np.random.default_rng(seed)
    logits = random.normal(scale=scale, size=(size, len(CLASSES))).astype("float32")
    return logits, random.integers(0, len(CLASSES), size)


@pytest.mark.parametrize("seed", range(5))
def test_measure_matches_scikit_learn(seed):
    logits, labels = random_outputs(200, seed=seed)
    metrics = measure(logits, labels)
    predicted = logits.argmax(axis=1)
    exponentials = np.exp(logits.astype("float64"))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    assert metrics.num_examples == 200
    assert metrics.accuracy == sklearn_metrics.accuracy_score(labels, predicted)
    assert metrics.loss == pytest.approx(
        sklearn_metrics.log_loss(labels, probabilities, labels=CLASSES), rel=1e-12
    )
    np.testing.assert_array_equal(
        metrics.confusion, sklearn_metrics.confusion_matrix(labels, predicted, labels=CLASSES)
    )
    for shares, score in (
        (metrics.precision, sklearn_metrics.precision_score),
        (metrics.recall, sklearn_metrics.recall_score),
    ):
        assert shares == pytest.approx(score(labels, predicted, labels=CLASSES, average=None))


def test_measure_of_four_examples():
    labels = np.array([0, 0, 1, 2])
    metrics = measure(np.eye(3)[[0, 1, 1, 1]], labels)
    np.testing.assert_array_equal(metrics.confusion, [[1, 1, 0], [0, 1, 0], [0, 1, 0]])
    assert (metrics.accuracy, metrics.error_percent) == (0.5, 50.0)
    assert metrics.precision == [1.0, 1 / 3, None]
    assert metrics.recall == [0.5, 1.0, 0.0]
    assert metrics.loss == pytest.approx(math.log(math.e + 2) - 0.5)


def test_measure_of_absent_classes():
    """Classes without examples and without predictions have no precision and recall."""
    metrics = measure(np.eye(4)[[0, 1]], np.array([0, 1]))
    assert metrics.confusion.shape == (4, 4)
    assert metrics.precision == metrics.recall == [1.0, 1.0, None, None]


def test_measure_returns_python_numbers():
    """The numbers can be written as JSON."""
    metrics = measure(*random_outputs(20))
    for number in (metrics.loss, metrics.accuracy, metrics.error_percent, *metrics.recall):
        assert type(number) is float
    assert type(metrics.num_examples) is int
    assert metrics.confusion.dtype.kind == "i"


def test_measure_predicts_the_first_of_equal_logits():
    metrics = measure(np.zeros((2, 3), "float32"), np.array([0, 1]))
    np.testing.assert_array_equal(metrics.confusion.sum(axis=0), [2, 0, 0])
    assert metrics.loss == pytest.approx(math.log(3))


@pytest.mark.parametrize(
    ("logits", "expected"),
    [
        ([1e4, 0.0], [0.0, 1e4]),
        ([-1e30, 1e30], [2e30, 0.0]),
        ([3e38, -3e38], [0.0, 6e38]),
        ([1e-40, 0.0], [math.log(2), math.log(2)]),
        ([88.8, 88.8], [math.log(2), math.log(2)]),
    ],
)
def test_cross_entropy_of_extreme_logits(logits, expected):
    """There is no overflow, and no probability is rounded to 0 before its logarithm."""
    losses = cross_entropy(np.array([logits, logits], "float32"), np.array([0, 1]))
    assert losses.dtype == np.float64
    np.testing.assert_allclose(losses, expected, rtol=1e-6)


def test_cross_entropy_of_nan_is_nan():
    losses = cross_entropy(np.array([[np.nan, 0.0], [1.0, 0.0]]), np.array([1, 0]))
    np.testing.assert_array_equal(np.isfinite(losses), [False, True])


@given(
    hnp.arrays("float32", (3, 4), elements=st.floats(-1e6, 1e6, width=32)),
    st.floats(-1e6, 1e6, width=32),
)
def test_log_probabilities_ignore_a_common_shift(logits, shift):
    """Probabilities sum to 1, and do not depend on a constant added to all logits."""
    before = logits.copy()
    logs = log_probabilities(logits)
    np.testing.assert_allclose(np.exp(logs).sum(axis=1), 1, rtol=1e-12)
    shifted = log_probabilities(logits.astype("float64") + shift)
    np.testing.assert_allclose(shifted, logs, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(logits, before)
