"""Statistics of results over seeds: mean, standard deviation, interval, and a paired test.

Formulas: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4 (Student's
t); Fisher, The Design of Experiments, 21 (the test).
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from statistics import fmean, stdev

LEVEL = 0.05
"""Significance level of a test, and the complement of the confidence of an interval."""

MAX_SUMS = 2**20
"""Maximum number of different sums in a test."""

_MAX_DENOMINATOR = 10**6
"""Largest denominator of exact differences: accuracies are counts, divided by that of images."""

_GRID = 2**40
"""Number of steps from 0 to the largest difference, to which other differences are rounded."""

_BISECTIONS = 60


@dataclass(frozen=True)
class Sample:
    """Statistics of the results of n seeds.

    Attributes:
        n: Number of seeds.
        mean: Mean of the results.
        std: Sample standard deviation, with n - 1 in the denominator; None for one seed.
        interval: Interval (low, high) for the expected accuracy, from 0 to 1, with a confidence of
            95 % if the accuracies are normally distributed; None for one seed.
    """

    n: int
    mean: float
    std: float | None
    interval: tuple[float, float] | None


@dataclass(frozen=True)
class PairedTest:
    """Exact sign-flip test of paired differences, with two sides.

    Attributes:
        n: Number of pairs.
        mean: Mean of the differences.
        p: Probability of a mean that is at least as far from 0, if each difference could as well
            have the other sign.
        smallest_p: The smallest possible ``p`` for n pairs.
    """

    n: int
    mean: float
    p: float
    smallest_p: float


def describe_sample(values: Sequence[float]) -> Sample:
    """Return the statistics of one or more accuracies.

    Raises:
        ValueError: If there is no value.
    """
    n = len(values)
    if n < 1:
        raise ValueError("expected one or more values, got none")
    mean = fmean(values)
    if n == 1:
        return Sample(n, mean, None, None)
    std = stdev(values)
    margin = t_quantile(1 - LEVEL / 2, n - 1) * std / math.sqrt(n)
    return Sample(n, mean, std, (max(mean - margin, 0.0), min(mean + margin, 1.0)))


def sign_flip_test(differences: Sequence[float]) -> PairedTest:
    """Test whether the mean of paired differences is 0, by all 2^n flips of their signs.

    Equal sums are counted together, so that the results of many runs on the same images, which have
    few different values, need few steps.

    Args:
        differences: (n,), n >= 1, finite differences.

    Raises:
        ValueError: If there is no difference, or there are more than `MAX_SUMS` different sums.
    """
    n = len(differences)
    if n < 1:
        raise ValueError("expected one or more differences, got none")
    p = _share_of_sums(*_as_integers(differences)) if any(differences) else 1.0
    return PairedTest(n, fmean(differences), p, smallest_p(n))


def smallest_p(n: int) -> float:
    """Return the smallest possible p of `sign_flip_test` for n pairs."""
    return 2.0 ** (1 - n)


@cache
def t_quantile(p: float, freedom: int) -> float:
    """Return the quantile of Student's t distribution.

    Args:
        p: The probability, at least 0.5 and less than 1.
        freedom: Degrees of freedom, at least 1.
    """
    low, high = 0.0, math.pi / 2
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _central_share(middle, freedom) < 2 * p - 1 else (low, middle)
    return math.sqrt(freedom) * math.tan(low)


def _central_share(angle: float, freedom: int) -> float:
    """Return the probability of |t| <= sqrt(freedom) tan(angle)."""
    is_odd, cosine = freedom % 2, math.cos(angle)
    term = cosine if is_odd else 1.0
    total = term if freedom > 1 else 0.0
    for k in range(2 + is_odd, freedom - 1, 2):
        term *= (k - 1) / k * cosine**2
        total += term
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if is_odd else total


def _as_integers(differences: Sequence[float]) -> tuple[list[int], int]:
    """Return integers in the ratios of the differences, and the largest error of their sum."""
    scale = max(map(abs, differences))
    exact = [Fraction(each).limit_denominator(_MAX_DENOMINATOR) for each in differences]
    unit = math.lcm(*(each.denominator for each in exact))
    is_exact = all(
        abs(each - float(near)) <= 1e-12 * scale
        for each, near in zip(differences, exact, strict=True)
    )
    if is_exact and unit * scale <= _GRID:
        return [int(each * unit) for each in exact], 0
    return [round(each / scale * _GRID) for each in differences], len(differences)


def _share_of_sums(differences: Sequence[int], tolerance: int) -> float:
    """Return the share of all sign flips whose sum is at least as far from 0 as that of none."""
    shares = {0: 1.0}
    for difference in differences:
        flipped: defaultdict[int, float] = defaultdict(float)
        for total, share in shares.items():
            flipped[total + difference] += share / 2
            flipped[total - difference] += share / 2
        if len(flipped) > MAX_SUMS:
            raise ValueError(f"expected at most {MAX_SUMS:,} different sums, got {len(flipped):,}")
        shares = flipped
    limit = abs(sum(differences)) - tolerance
    return math.fsum(share for total, share in shares.items() if abs(total) >= limit)
