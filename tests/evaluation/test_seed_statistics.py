from collections import Counter
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stnctl.evaluation.seed_statistics import (
    describe_sample,
    sign_flip_test,
    smallest_p,
    t_quantile,
)

ACCURACIES = [0.9912, 0.9925, 0.9904, 0.9931, 0.9917]
PAIRS = [0.0012, -0.0003, 0.0021, 0.0009, 0.0015, 0.0004, -0.0001]


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 9, 10, 30, 99, 1000])
@pytest.mark.parametrize("p", [0.5, 0.6, 0.9, 0.975, 0.9995])
def test_t_quantile(p, freedom):
    assert t_quantile(p, freedom) == pytest.approx(stats.t.ppf(p, freedom), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("freedom", "expected"), [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262)])
def test_t_quantile_of_a_printed_table(freedom, expected):
    """Abramowitz and Stegun, table 26.10."""
    assert t_quantile(0.975, freedom) == pytest.approx(expected, abs=5e-4)


def test_describe_sample():
    sample = describe_sample(ACCURACIES)
    low, high = stats.t.interval(
        0.95, len(ACCURACIES) - 1, loc=np.mean(ACCURACIES), scale=stats.sem(ACCURACIES)
    )
    assert sample.n == 5
    assert sample.mean == pytest.approx(np.mean(ACCURACIES))
    assert sample.std == pytest.approx(np.std(ACCURACIES, ddof=1))
    assert sample.interval == pytest.approx((low, high))


def test_describe_sample_of_one_value():
    """One seed has no standard deviation, and not one of 0."""
    sample = describe_sample([0.5])
    assert (sample.n, sample.mean, sample.std, sample.interval) == (1, 0.5, None, None)


def test_describe_sample_of_equal_values():
    sample = describe_sample([0.75, 0.75, 0.75])
    assert (sample.std, sample.interval) == (0.0, (0.75, 0.75))


def test_interval_of_an_accuracy_ends_at_0_and_1():
    assert describe_sample([0.12, 0.12, 0.91]).interval == (0, 1)
    assert describe_sample([0.999, 0.98]).interval == pytest.approx((0.8688, 1), abs=1e-4)


@pytest.mark.parametrize("function", [describe_sample, sign_flip_test])
def test_statistics_reject_no_value(function):
    with pytest.raises(ValueError, match="one or more"):
        function([])


@pytest.mark.parametrize(
    "differences",
    [PAIRS, PAIRS[:2], [0.5, -0.5], [1.0, 2.0, 3.0], [0.1, 0.2, -0.3], [0.0, 0.1, 0.0, 0.2]],
)
def test_sign_flip_test(differences):
    """SciPy's permutation test of paired samples enumerates all sign flips too."""
    test = sign_flip_test(differences)
    expected = stats.permutation_test(
        (np.array(differences),), np.mean, permutation_type="samples", n_resamples=np.inf
    )
    assert test.p == pytest.approx(expected.pvalue, abs=1e-12)
    assert test.mean == pytest.approx(np.mean(differences))
    assert (test.n, test.smallest_p) == (len(differences), 2 / 2 ** len(differences))


def test_sign_flip_test_of_fishers_example():
    """Darwin's 15 pairs of maize plants: 1726 of 32768 flips (Fisher, 1935, section 21)."""
    maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert sign_flip_test(maize).p == pytest.approx(1726 / 32768, abs=1e-12)


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=9))
def test_sign_flip_test_counts_flips(counts):
    """Differences of accuracies on 10,000 images; whole numbers have exact sums."""
    flips = [abs(np.dot(signs, counts)) for signs in product((-1, 1), repeat=len(counts))]
    expected = np.mean([each >= abs(sum(counts)) for each in flips])
    found = sign_flip_test([count / 10_000 for count in counts])
    assert found.p == pytest.approx(expected, abs=1e-12)


def test_sign_flip_test_of_many_pairs():
    """Equal sums are counted together: 100 pairs of accuracies take no 2^100 steps."""
    counts = np.random.default_rng(0).integers(-30, 36, 100).tolist()
    test = sign_flip_test([count / 10_000 for count in counts])
    flips = Counter([0])
    for count in counts:
        flips = sum((Counter({each + sign * count: n for each, n in flips.items()})
                     for sign in (-1, 1)), Counter())  # fmt: skip
    far = sum(n for each, n in flips.items() if abs(each) >= abs(sum(counts)))
    assert test.p == pytest.approx(far / 2**100, rel=1e-9)


def test_sign_flip_test_rejects_too_many_sums(monkeypatch):
    monkeypatch.setattr("stnctl.evaluation.seed_statistics.MAX_SUMS", 1000)
    with pytest.raises(ValueError, match="at most 1,000 different sums"):
        sign_flip_test(np.random.default_rng(0).random(11).tolist())


@pytest.mark.parametrize("n", range(1, 10))
def test_smallest_p(n):
    """It is that of differences with equal signs; of two signs, for one pair, each is as far."""
    test = sign_flip_test([1.0] * n)
    assert test.p == test.smallest_p == smallest_p(n) == 2 / 2**n
