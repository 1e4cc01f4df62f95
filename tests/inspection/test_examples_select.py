import numpy as np
import pytest
from hypothesis import given as given_examples
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from stnctl.errors import UsageError
from stnctl.evaluation.classification_metrics import cross_entropy
from stnctl.inspection.examples import best_indices, given_indices, worst_indices

LOSSES = np.array([0.5, 2.0, 0.1, 2.0, 0.1, 3.0])


@pytest.mark.parametrize(
    ("count", "expected"), [(1, [5]), (3, [5, 1, 3]), (6, [5, 1, 3, 0, 2, 4]), (99, range(6))]
)
def test_worst_indices(count, expected):
    """Equal losses are in the order of the examples; a large count selects all."""
    found = worst_indices(LOSSES, count)
    assert len(found) == min(count, 6)
    if count <= 6:
        np.testing.assert_array_equal(found, expected)
    else:
        np.testing.assert_array_equal(sorted(found), expected)


@pytest.mark.parametrize(("count", "expected"), [(1, [2]), (4, [2, 4, 0, 1])])
def test_best_indices(count, expected):
    np.testing.assert_array_equal(best_indices(LOSSES, count), expected)


def test_worst_indices_rank_by_loss():
    """A confident wrong prediction is before an unsure one, whatever their order in the split."""
    logits = np.array([[5.0, 0.0], [0.0, 0.1], [0.0, 9.0], [0.0, 0.0]])
    losses = cross_entropy(logits, np.zeros(4, int))
    np.testing.assert_array_equal(logits.argmax(axis=1), [0, 1, 1, 0])
    np.testing.assert_array_equal(worst_indices(losses, 4), [2, 1, 3, 0])


@given_examples(hnp.arrays("float64", st.integers(1, 30), elements=st.integers(0, 5)))
def test_worst_and_best_indices_are_ordered(losses):
    before = losses.copy()
    for found, sign in ((worst_indices(losses, 10), -1), (best_indices(losses, 10), 1)):
        keys = [(sign * losses[index], index) for index in found]
        assert keys == sorted(keys)
        left = np.delete(losses, found)
        assert not left.size or (sign * left).min() >= keys[-1][0]
    np.testing.assert_array_equal(losses, before)


def test_given_indices():
    found = given_indices([3, 0, 3], 4)
    assert found.dtype == np.int64
    np.testing.assert_array_equal(found, [3, 0, 3])


@pytest.mark.parametrize(
    ("indices", "named"), [([4], "4"), ([-1, 2], "-1"), ([0, 9, 3, -7], "9, -7")]
)
def test_given_indices_rejects_indices_out_of_range(indices, named):
    with pytest.raises(UsageError) as error:
        given_indices(indices, 4)
    assert str(error.value) == f"no example {named}: the split has examples 0 to 3"
