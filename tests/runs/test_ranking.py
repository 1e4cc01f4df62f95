from pathlib import Path

import pytest

from stnctl.runs.activity import State
from stnctl.runs.ranking import best_runs, sort_runs, worse_runs
from stnctl.runs.run_keys import BEST_KEYS, KEYS
from stnctl.runs.summary import RunSummary


def summary(name: str, state: State = "finished", **values: float) -> RunSummary:
    return RunSummary(name, Path(name), state, **values)


A = summary("a", validation_accuracy=0.5, validation_loss=2.0, test_error=0.4)
B = summary("b", validation_accuracy=0.9, validation_loss=1.0)
C = summary("c", validation_accuracy=0.9, validation_loss=0.5, test_error=0.1)
NEW = summary("new", "running")
DOWN = summary("down", "diverged")
BROKEN = summary("broken", "broken", validation_accuracy=0.99)
ALL = [NEW, A, BROKEN, B, DOWN, C]


def names(runs):
    return " ".join(run.name for run in runs)


def test_sort_runs_puts_unknown_values_last():
    assert names(sort_runs(ALL, "test_error")) == "c a new broken b down"
    assert names(sort_runs(ALL, "test_error", descending=True)) == "a c new broken b down"
    assert names(sort_runs(ALL, "validation_accuracy")) == "a b c broken new down"
    assert names(sort_runs(ALL, "name")) == "a b broken c down new"


@pytest.mark.parametrize("key", KEYS)
def test_sort_runs_by_each_key(key):
    assert set(names(sort_runs(ALL, key)).split()) == set(names(ALL).split())


def test_best_runs_preset():
    """Equal accuracies are in the order of the loss; broken runs are left out."""
    assert names(best_runs(ALL, "validation_accuracy")) == "c b a"
    assert names(best_runs(ALL, "test_error")) == "c a"
    assert best_runs(ALL, "loss") == []
    assert set(BEST_KEYS) >= {"validation_accuracy", "test_error", "loss"}


@pytest.mark.parametrize(
    ("num_best", "rest"), [(0, "a b down c"), (1, "a b down"), (2, "a down"), (9, "down")]
)
def test_worse_runs_leaves_running_and_broken_runs(num_best, rest):
    assert names(worse_runs(ALL, "validation_accuracy", num_best)) == rest
