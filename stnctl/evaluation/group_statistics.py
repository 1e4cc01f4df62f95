"""Statistics of groups of runs, and their tests against a baseline, corrected for their number.

Among many comparisons, some p are small by chance. Holm's correction keeps the probability of one
or more false decisions, among all comparisons of a family, at most at the level of the test.

Source: Holm, A simple sequentially rejective multiple test procedure (1979).
"""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from stnctl.evaluation.seed_statistics import (
    LEVEL,
    PairedTest,
    describe_sample,
    sign_flip_test,
    smallest_p,
)

METRICS = ("validation_accuracy", "test_accuracy")
"""Results of a run of which the statistics are computed: shares, 0 to 1."""

_DECIMALS = 12
"""Number of decimal digits to which differences of shares are computed."""


@dataclass(frozen=True)
class GroupStatistics:
    """Statistics of a group as JSON documents.

    Attributes:
        sample: Its results, see `stnctl.evaluation.seed_statistics.Sample`; None without results.
        test: Its test against the baseline, see `BaselineTest.document`; None without a test.
    """

    sample: dict[str, Any] | None
    test: dict[str, Any] | None


@dataclass(frozen=True)
class BaselineTest:
    """Paired test of a group against the baseline, one of several comparisons.

    Attributes:
        paired: The test by itself.
        comparisons: Number of comparisons in the family.
        adjusted_p: p after Holm's correction.
        smallest_adjusted_p: Smallest possible ``adjusted_p`` for the numbers of pairs.
    """

    paired: PairedTest
    comparisons: int
    adjusted_p: float
    smallest_adjusted_p: float

    def document(self) -> dict[str, Any]:
        """Return the test as JSON, with ``can_decide``: whether ``adjusted_p`` can be small."""
        return {
            **asdict(self.paired),
            "comparisons": self.comparisons,
            "adjusted_p": self.adjusted_p,
            "smallest_adjusted_p": self.smallest_adjusted_p,
            "can_decide": self.smallest_adjusted_p <= LEVEL,
        }


def results_by_seed(
    results: Iterable[tuple[Hashable, float | None]],
) -> dict[Hashable, float]:
    """Return seed -> result. A seed with several results counts once, with their mean.

    Args:
        results: Pairs of seed and result. A missing result, None, is left out.
    """
    values: dict[Hashable, list[float]] = {}
    for seed, result in results:
        if result is not None:
            values.setdefault(seed, []).append(result)
    return {seed: fmean(found) for seed, found in values.items()}


def describe_groups(
    groups: Sequence[Mapping[Hashable, float]], baseline: int | None = 0
) -> list[GroupStatistics]:
    """Return the statistics of each group.

    Args:
        groups: Seed -> result, for each group.
        baseline: Index of the group with which the others are compared; None for no comparison.
    """
    tests: list[BaselineTest | None] = [None] * len(groups)
    if baseline is not None:
        others = [place for place in range(len(groups)) if place != baseline]
        found = compare_with_baseline(groups[baseline], [groups[place] for place in others])
        for place, test in zip(others, found, strict=True):
            tests[place] = test
    return [
        GroupStatistics(
            asdict(describe_sample(list(group.values()))) if group else None,
            None if test is None else test.document(),
        )
        for group, test in zip(groups, tests, strict=True)
    ]


def compare_with_baseline(
    baseline: Mapping[Hashable, float], groups: Sequence[Mapping[Hashable, float]]
) -> list[BaselineTest | None]:
    """Test each group against the baseline; the pairs are the results of equal seeds.

    The tests are one family: each p is corrected for their number. A group without a common seed is
    no comparison.

    Args:
        baseline: Seed -> result. A result of the seed None has no partner.
        groups: The same for each other group.

    Returns:
        The test of each group; None without a common seed, or if there are too many different sums,
        see `stnctl.evaluation.seed_statistics.sign_flip_test`.
    """
    differences = [_differences(baseline, group) for group in groups]
    tests = [_test(each) for each in differences]
    family = [place for place, each in enumerate(differences) if each]
    adjusted = adjust_p([1.0 if (test := tests[place]) is None else test.p for place in family])
    smallest = adjust_p([smallest_p(len(differences[place])) for place in family])
    found: list[BaselineTest | None] = [None] * len(groups)
    for place, p, least in zip(family, adjusted, smallest, strict=True):
        if (test := tests[place]) is not None:
            found[place] = BaselineTest(test, len(family), p, least)
    return found


def adjust_p(values: Sequence[float]) -> list[float]:
    """Return the p of several comparisons after Holm's correction, in the same order.

    The smallest of m values is multiplied by m, the next one by m - 1, and so on; each result is at
    least that of the smaller values, and at most 1.

    Args:
        values: m values of p, from 0 to 1.
    """
    adjusted, largest = [0.0] * len(values), 0.0
    order = sorted(range(len(values)), key=values.__getitem__)
    for factor, place in zip(range(len(values), 0, -1), order, strict=True):
        largest = max(largest, min(factor * values[place], 1.0))
        adjusted[place] = largest
    return adjusted


def pairs_to_decide(comparisons: int = 1) -> int:
    """Return the smallest number of pairs with which each of some comparisons can be decided.

    It is the number for which `adjust_p` of the smallest possible p is at most `LEVEL`.
    """
    return math.ceil(1 - math.log2(LEVEL / comparisons))


def _differences(
    baseline: Mapping[Hashable, float], group: Mapping[Hashable, float]
) -> list[float]:
    """Return the differences of the results of all seeds that both have."""
    return [
        round(result - baseline[seed], _DECIMALS)
        for seed, result in group.items()
        if seed is not None and seed in baseline
    ]


def _test(differences: Sequence[float]) -> PairedTest | None:
    try:
        return sign_flip_test(differences)
    except ValueError:  # no difference, or too many different sums
        return None
