"""Combinations of options on each backend: exact after a kill, evaluated and inspected.

The default tests run two of the quick combinations on TensorFlow; `make test-slow` runs all of
them, and the first 40 on JAX and PyTorch.
"""

import importlib.util

import pytest

from stnctl.config.load import parse_config
from tests.faults.combinations import (
    FACTORS,
    check_combination,
    combinations,
    config_of,
    is_possible,
)

NUM_OF_OTHERS = 40

BY_DEFAULT = (9, 31)
"""A combination in bfloat16, and one without a transformer; each takes 5 to 10 seconds."""

ALL = range(len(combinations()))


def test_combinations_cover_all_pairs():
    rows = combinations()
    assert len(rows) >= 100
    pairs = {
        (one, str(row[one]), other, str(row[other]))
        for row in rows
        for one in FACTORS
        for other in FACTORS
    }
    expected = {
        (one, str(value), other, str(another))
        for one, values in FACTORS.items()
        for other, others in FACTORS.items()
        for value in values
        for another in others
        if one != other or value == another
        if is_possible({one: value, other: another})
    }
    assert pairs == expected


def test_config_of_is_valid():
    import yaml

    for row in combinations():
        parse_config(yaml.safe_dump(config_of(row)), where="x")


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(number, marks=() if number in BY_DEFAULT else pytest.mark.slow)
        for number in ALL
    ],
)
def test_combination(tmp_path, number):
    check_combination(tmp_path, number, "tensorflow")


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
@pytest.mark.parametrize("number", range(NUM_OF_OTHERS))
def test_combination_on_other_backends(tmp_path, number, backend):
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed: make test-slow installs it")
    check_combination(tmp_path, number, backend)
