from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from stnctl.config.choices import SPLITS
from stnctl.data.batches import epoch_order
from stnctl.data.distortions.counter_rng import (
    CounterRNG,
    normal_from_uniform,
    uniform_below,
    uniform_between,
)

ALMOST_1 = np.nextafter(1.0, 0.0)
WIDTHS = st.integers(1, 40)


def bits(uniform):
    """Return the 53 bits of each number."""
    return (uniform * 2.0**53).astype(np.uint64).tolist()


def test_uniform_preset():
    """Exact, so that neither NumPy nor an edit changes the numbers.

    Computed without NumPy, as the paper defines Philox 4x64 with 10 rounds: its key is
    (seed + (1 + split) 2**32, epoch), its counter 1 for example 0, 2 for example 1.
    """
    assert bits(CounterRNG(0, "test").uniform(2, 3)) == [
        [1508270084503798, 5396541277842707, 18132901346083],
        [7030963340850684, 144332493491789, 8600056642453721],
    ]
    assert bits(CounterRNG(2**32 - 1, "train", epoch=7).uniform(1, 2)) == [
        [4869425535058604, 8591826804011543]
    ]


def test_redraw_preset():
    """The counter of example 1 is (2, attempt, stream, 0)."""
    assert bits(CounterRNG(0, "test", stream=1).redraw([1], 3, attempt=1)) == [
        [7835321147794691, 1139994554145220, 5798999920825784]
    ]


@given(size=st.integers(1, 30), width=WIDTHS, more=st.integers(0, 20))
def test_uniform_does_not_depend_on_later_examples(size, width, more):
    rng = CounterRNG(3, "train", 5)
    np.testing.assert_array_equal(rng.uniform(size, width), rng.uniform(size + more, width)[:size])


@given(indices=st.lists(st.integers(0, 99), max_size=8), width=WIDTHS)
def test_redraw_depends_on_the_index_only(indices, width):
    """Attempt 0 equals `uniform` for any stream."""
    rng = CounterRNG(3, "validation", 5, stream=2)
    first = rng.redraw(indices, width, attempt=0)
    assert first.shape == (len(indices), width)
    np.testing.assert_array_equal(
        first, CounterRNG(3, "validation", 5).uniform(100, width)[indices]
    )
    second = rng.redraw(indices, width, attempt=1)
    np.testing.assert_array_equal(second, rng.redraw(range(100), width, attempt=1)[indices])


def test_uniform_and_redraw_never_repeat_a_number():
    """For any seed, split, epoch, attempt and stream."""
    numbers = []
    for seed, split, epoch in product([0, 1, 2**32 - 1], SPLITS, [0, 1, 2**32, 2**64 - 1]):
        numbers.append(CounterRNG(seed, split, epoch).uniform(20, 6))
        for attempt, stream in product([1, 2], [0, 1, 100]):
            rng = CounterRNG(seed, split, epoch, stream)
            numbers.append(rng.redraw(range(20), 6, attempt))
    found = np.concatenate(numbers)
    assert len(np.unique(found)) == found.size


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
@pytest.mark.parametrize("epoch", [0, 1])
def test_uniform_shares_no_bits_with_the_order_of_the_epoch(seed, epoch):
    """`epoch_order` shuffles with the generator of this key."""
    key = np.array([seed, epoch], np.uint64)
    shuffled = np.random.Generator(np.random.Philox(key=key)).permutation(50)
    np.testing.assert_array_equal(shuffled, epoch_order(seed, epoch, 50))
    taken = np.random.Philox(key=key).random_raw(2**12) >> np.uint64(11)
    for split in SPLITS:
        drawn = bits(CounterRNG(seed, split, epoch).uniform(2**10, 4))
        assert not np.isin(drawn, taken).any()


def test_uniform_is_uniform_and_independent():
    """100,000 examples of 5 numbers: Kolmogorov-Smirnov, and correlations below 5 errors."""
    found = CounterRNG(0, "train").uniform(100_000, 5)
    assert found.dtype == np.float64
    assert found.min() >= 0
    assert found.max() < 1
    assert min(kstest(column, "uniform").pvalue for column in found.T) > 1e-3
    neighbors = np.concatenate([found[1:], found[:-1]], axis=1)  # with the next example's
    correlation = np.corrcoef(neighbors.T) - np.eye(10)
    assert np.abs(correlation).max() < 5 / np.sqrt(100_000)


def test_uniform_between_preset():
    uniform = np.array([[0, 0.25], [0.5, ALMOST_1]])
    np.testing.assert_array_equal(uniform_between(uniform, (-2, 2))[:, 0], [-2, 0])
    assert uniform_between(uniform, (-2, 2)).max() < 2
    np.testing.assert_array_equal(uniform_between(uniform, (3, 3)), np.full((2, 2), 3))


@given(count=st.integers(1, 2**52))
def test_uniform_below_never_reaches_the_count(count):
    found = uniform_below(np.array([0.0, ALMOST_1]), count)
    assert found.dtype == np.int64
    assert found.tolist() == [0, count - 1]


def test_uniform_below_is_uniform():
    """All of 7 numbers are equally frequent, to 4 standard errors; counts broadcast by row."""
    uniform = CounterRNG(0, "train").uniform(70_000, 1)[:, 0]
    frequency = np.bincount(uniform_below(uniform, 7))
    assert len(frequency) == 7
    assert np.abs(frequency - 10_000).max() < 4 * np.sqrt(10_000 * 6 / 7)
    counts = np.array([[1], [2], [5]])
    found = uniform_below(np.array([[0.4, 0.6]]), counts)
    assert found.tolist() == [[0, 0], [0, 1], [2, 3]]


def test_normal_from_uniform_is_normal_and_independent():
    """200,000 numbers in pairs: Kolmogorov-Smirnov, four moments, correlation of a pair."""
    found = normal_from_uniform(CounterRNG(0, "train").uniform(100_000, 2), std=2.0)
    assert found.shape == (100_000, 2)
    assert min(kstest(column, "norm", args=(0, 2)).pvalue for column in found.T) > 1e-3
    unit = found / 2
    moments = [np.mean(unit**power) for power in (1, 2, 3, 4)]
    errors = np.sqrt(np.array([1, 2, 15, 96]) / 200_000)  # of the means, from the next moments
    assert (np.abs(np.subtract(moments, [0, 1, 0, 3])) < 4 * errors).all()
    for power in (1, 2):
        assert abs(np.corrcoef(unit.T**power)[0, 1]) < 4 / np.sqrt(100_000)


def test_normal_from_uniform_preset():
    """The ends of the range are finite; a quarter of a circle swaps the first and the second."""
    ends = normal_from_uniform(np.array([[0, 0, ALMOST_1, 0, ALMOST_1, 0.25]]), std=1.0)
    far = np.sqrt(2 * 53 * np.log(2))
    np.testing.assert_allclose(ends, [[0, 0, far, 0, 0, far]], rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(normal_from_uniform(np.array([0.3, 0.7]), std=0.0), [0, 0])
