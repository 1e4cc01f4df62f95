"""Columns of paired tests in tables of groups, and their limits in words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stnctl.evaluation.group_statistics import pairs_to_decide
from stnctl.evaluation.seed_statistics import LEVEL
from stnctl.reports.text_tables import NOTHING, count_cell

Test = Mapping[str, Any]
"""A test as JSON, see `stnctl.evaluation.group_statistics.BaselineTest.document`."""


def paired_columns(
    tests: Sequence[Test | None], difference: Callable[[float], str]
) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns of tests, and their cells for each test.

    The adjusted p has a column if there are several comparisons.

    Args:
        tests: The test of each row; None for no test.
        difference: Function that formats a mean difference.
    """
    several = any(test["comparisons"] > 1 for test in tests if test)
    header = ["difference", "pairs", "p", *["adjusted p"] * several]
    return header, [_cells(test, difference, several=several) for test in tests]


def limit_of_tests(tests: Sequence[Test | None]) -> str | None:
    """Return a sentence about tests with too few pairs to decide; None if all can decide.

    Args:
        tests: The tests of a family.
    """
    undecided = [test for test in tests if test and not test["can_decide"]]
    if not undecided:
        return None
    test = min(undecided, key=lambda each: each["smallest_adjusted_p"])
    pairs, comparisons = test["n"], test["comparisons"]
    several = comparisons > 1
    return (
        f"{pairs} {'pair is' if pairs == 1 else 'pairs are'} too few to decide"
        f"{f' in {comparisons} comparisons' * several}: "
        f"{'the adjusted p' if several else 'p'} is at least {test['smallest_adjusted_p']:.3g}; "
        f"for p <= {LEVEL:g}, {pairs_to_decide(comparisons)} or more seeds are needed"
    )


def _cells(test: Test | None, difference: Callable[[float], str], *, several: bool) -> list[str]:
    if test is None:
        return [NOTHING] * (3 + several)
    note = "" if test["can_decide"] else " (too few seeds)"
    values = [f"{test[key]:.3g}" for key in ("p", *["adjusted_p"] * several)]
    return [difference(test["mean"]), count_cell(test["n"]), *values[:-1], f"{values[-1]}{note}"]
