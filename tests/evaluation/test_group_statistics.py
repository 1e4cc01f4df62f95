import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stnctl.evaluation.group_statistics import (
    adjust_p,
    compare_with_baseline,
    describe_groups,
    pairs_to_decide,
    results_by_seed,
)
from stnctl.evaluation.seed_statistics import LEVEL, smallest_p

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "holm.json").read_text())
BASE = {1: 0.90, 2: 0.91, 3: 0.89, 4: 0.92, 5: 0.90, 6: 0.905}


def shifted(by, seeds=tuple(BASE)):
    return {seed: BASE[seed] + by for seed in seeds}


@pytest.mark.parametrize("case", GOLDEN, ids=[str(n) for n in range(len(GOLDEN))])
def test_adjust_p_of_statsmodels(case):
    assert adjust_p(case["p"]) == pytest.approx(case["adjusted"], rel=1e-12)


@given(st.lists(st.sampled_from([2.0**-k for k in range(9)]) | st.floats(0, 1), max_size=6))
def test_adjust_p_is_the_closed_test(p):
    """Marcus, Peritz and Gabriel (1976), with the test of Bonferroni for each subset.

    A hypothesis is rejected if all subsets that contain it are.
    """
    places = range(len(p))
    subsets = [each for size in places for each in combinations(places, size + 1)]
    expected = [
        max(min(1.0, len(each) * min(p[k] for k in each)) for each in subsets if place in each)
        for place in places
    ]
    assert adjust_p(p) == pytest.approx(expected, rel=1e-12)


def test_adjust_p_keeps_false_decisions_rare():
    """Among 5 true hypotheses, one or more are rejected in at most 5 % of the families."""
    families = np.random.default_rng(1).uniform(size=(4000, 5))
    rejected = [min(adjust_p(list(p))) <= LEVEL for p in families]
    assert 0.035 < np.mean(rejected) < 0.06
    assert np.mean(families.min(axis=1) <= LEVEL) > 0.2


@pytest.mark.parametrize(("comparisons", "pairs"), [(1, 6), (2, 7), (3, 7), (4, 8), (8, 9)])
def test_pairs_to_decide(comparisons, pairs):
    assert pairs_to_decide(comparisons) == pairs
    assert max(adjust_p([smallest_p(pairs)] * comparisons)) <= LEVEL
    assert max(adjust_p([smallest_p(pairs - 1)] * comparisons)) > LEVEL


def test_results_by_seed():
    results = [(1, 0.5), (2, None), (1, 1.0), (3, 0.25)]
    assert results_by_seed(results) == {1: 0.75, 3: 0.25}


def test_compare_with_baseline():
    """The single p are those of SciPy; their correction is for three comparisons."""
    groups = [shifted(0.02), shifted(-0.01, (1, 2, 3, 4)), {**shifted(0.01), 1: 0.85, 9: 0.1}]
    found = compare_with_baseline(BASE, groups)
    for test, group in zip(found, groups, strict=True):
        differences = np.array([group[seed] - BASE[seed] for seed in BASE if seed in group])
        expected = stats.permutation_test(
            (differences.round(6),), np.mean, permutation_type="samples", n_resamples=np.inf
        )
        assert test.paired.p == pytest.approx(expected.pvalue)
        assert (test.paired.n, test.comparisons) == (len(differences), 3)
    assert [test.adjusted_p for test in found] == adjust_p([test.paired.p for test in found])
    assert [test.smallest_adjusted_p for test in found] == [3 / 32, 1 / 8, 3 / 32]
    assert [test.document()["can_decide"] for test in found] == [False] * 3


def test_compare_with_baseline_of_one_group():
    """One comparison needs no correction."""
    [test] = compare_with_baseline(BASE, [shifted(0.02)])
    assert test.adjusted_p == test.paired.p == test.smallest_adjusted_p == 2 / 64
    assert test.document()["can_decide"] is True


def test_compare_with_baseline_leaves_out_groups_without_a_common_seed():
    """They are no comparisons. One common seed is one, which decides nothing."""
    found = compare_with_baseline(BASE, [{8: 0.5}, shifted(0.02), {}, shifted(0.1, (3,))])
    assert [test and test.paired.n for test in found] == [None, 6, None, 1]
    assert [test.comparisons for test in found if test] == [2, 2]
    assert found[3].document()["can_decide"] is False
    assert found[3].adjusted_p == 1


def test_compare_with_baseline_of_ties():
    """Equal results are no difference, also if only rounding distinguishes them."""
    [test] = compare_with_baseline({1: 0.9, 2: 0.8}, [{1: 0.9 + 1e-16, 2: 0.8 - 1e-16}])
    assert (test.paired.mean, test.paired.p, test.adjusted_p) == (0, 1, 1)


def test_compare_with_baseline_counts_a_test_that_is_too_large(monkeypatch):
    """Its p is unknown, but it is one of the comparisons."""
    monkeypatch.setattr("stnctl.evaluation.seed_statistics.MAX_SUMS", 1000)
    seeds = range(12)
    other = dict(enumerate(np.random.default_rng(0).random(len(seeds)).tolist()))
    zero = dict.fromkeys(seeds, 0.0)
    unknown, test = compare_with_baseline(zero, [other, dict.fromkeys(seeds, 0.5)])
    assert unknown is None
    assert test.comparisons == 2
    assert test.adjusted_p == pytest.approx(2 * test.paired.p)


def test_describe_groups():
    first, second, third = describe_groups([shifted(0.02), BASE, {}], baseline=1)
    assert second.sample["mean"] == pytest.approx(np.mean(list(BASE.values())))
    assert (second.test, third.sample, third.test) == (None, None, None)
    assert first.test["mean"] == pytest.approx(0.02)
    assert [each.test for each in describe_groups([BASE, shifted(0.1)], None)] == [None, None]
