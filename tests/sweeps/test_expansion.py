"""Cells of a sweep: combinations, draws, seeds, inclusions and exclusions."""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from stnctl.config.load import load_config
from stnctl.config.sweep_load import load_sweep
from stnctl.errors import ConfigError
from stnctl.sweeps.expansion import expand_sweep


@pytest.fixture
def expand(tmp_path):
    def expand(text):
        path = tmp_path / "find.yaml"
        path.write_text(text, encoding="utf-8")
        return expand_sweep(load_sweep([path]))

    return expand


def test_grid(expand):
    """Expected: the product of the values, as itertools makes it; the seed varies fastest."""
    cells = expand(
        "base: [cnn, stn]\nseeds: [4, 7]\n"
        "grid: {train.epochs: [1, 2, 3], train.batch_size: [16, 32]}"
    )
    expected = list(product(["cnn", "stn"], [1, 2, 3], [16, 32], [4, 7]))
    assert [(*cell.values.values(), cell.seed) for cell in cells] == expected
    trained = [
        (cell.config.train.epochs, cell.config.train.batch_size, cell.config.seed) for cell in cells
    ]
    assert trained == [each[1:] for each in expected]
    assert len({cell.fingerprint for cell in cells}) == len({cell.name for cell in cells}) == 24


def test_a_cell_is_its_base_with_changes(expand):
    [cell] = expand("base: stn_r\nset: {train.epochs: 3}\nthreads: null")
    assert cell.config == load_config(Path("stn_r"), ["train.epochs=3", "seed=0"])
    assert cell.values == {}


def test_threads_are_a_part_of_the_config(expand):
    assert [cell.config.train.threads for cell in expand("base: cnn\nthreads: 3")] == [3]
    [cell] = expand("base: cnn\nset: {train.threads: 4}")
    assert cell.config.train.threads == 4


def test_include_and_exclude(expand):
    cells = expand(
        "base: cnn\nseeds: 2\n"
        "grid: {train.epochs: [1, 2]}\n"
        "exclude: [{train.epochs: 1, seed: 1}]\n"
        "include: [{train.batch_size: 8}, {base: stn, train.epochs: 9}]"
    )
    assert [(cell.values, cell.seed) for cell in cells] == [
        ({"base": "cnn", "train.epochs": 1}, 0),
        ({"base": "cnn", "train.epochs": 2}, 0),
        ({"base": "cnn", "train.epochs": 2}, 1),
        ({"base": "cnn", "train.batch_size": 8}, 0),
        ({"base": "cnn", "train.batch_size": 8}, 1),
        ({"base": "stn", "train.epochs": 9}, 0),
        ({"base": "stn", "train.epochs": 9}, 1),
    ]


def test_only_included_groups(expand):
    cells = expand("base: cnn\ninclude: [{train.epochs: 1}, {train.batch_size: 8}]")
    assert [cell.values for cell in cells] == [{"train.epochs": 1}, {"train.batch_size": 8}]


def test_equal_cells_are_one(expand):
    cells = expand("base: cnn\ngrid: {train.learning_rate: [1e-3, 0.001, 1e-2]}")
    assert [cell.values["train.learning_rate"] for cell in cells] == [1e-3, 1e-2]


RANDOM = """
base: cnn
random:
  n: {n}
  draw:
    train.learning_rate: {{loguniform: [1e-4, 1e-1]}}
    train.ema: {{uniform: [0.5, 0.9]}}
    train.epochs: {{int: [1, 3]}}
    train.batch_size: {{choice: [16, 32]}}
"""


def test_random_draws(expand):
    cells = expand(RANDOM.format(n=400))
    rates = np.log10([cell.values["train.learning_rate"] for cell in cells])
    assert rates.min() > -4.001
    assert rates.max() < -0.999
    assert rates.mean() == pytest.approx(-2.5, abs=0.15)  # standard error 0.043
    momenta = np.array([cell.values["train.ema"] for cell in cells])
    assert momenta.mean() == pytest.approx(0.7, abs=0.02)  # standard error 0.006
    assert {cell.values["train.epochs"] for cell in cells} == {1, 2, 3}
    assert {cell.values["train.batch_size"] for cell in cells} == {16, 32}


def test_further_draws_keep_the_first(expand):
    few, many = expand(RANDOM.format(n=5)), expand(RANDOM.format(n=9))
    assert few == many[:5]


def test_a_broken_cell_has_its_problem(expand, tmp_path):
    good, bad = expand("base: cnn\ngrid:\n  train.epochs: [2, 0]")
    assert good.problem is None
    assert bad.config is None
    assert str(bad.problem) == (
        f"{tmp_path}/find.yaml:3:21: train.epochs: expected a whole number from 1 to 100000, got 0"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("base: cnn\ngrid: {train.epoch: [1, 2]}", ":2:22: train.epoch: unknown key"),
        ("base: cnn\nset: {train.epochs.x: 1}", ":2:7: train.epochs.x: train.epochs is not a sec"),
        ("base: nothing", "/nothing: no such file"),
        ("base: cnn\nexclude: [{seed: 0}]", "the sweep find has no cells: all are excluded"),
        ("base: cnn\ninclude: [{base: 3}]", "find.yaml:2:12: base: expected a configuration"),
    ],
)
def test_without_a_valid_cell(expand, text, message):
    with pytest.raises(ConfigError) as error:
        expand(text)
    assert message in str(error.value)
