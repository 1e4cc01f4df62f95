from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from stnctl.storage.json_files import json_bytes
from stnctl.sweeps.cell_results import CellResult
from stnctl.sweeps.sweep_table import sweep_table

SEEDS = range(6)
BASES = {"cnn": 0.90, "stn": 0.93, "naive": 0.88}


def cell(values, seed, validation=0.5, test=None, state="finished", **others):
    name = f"{'-'.join(map(str, values.values()))}-s{seed}"
    return CellResult(
        name,
        values,
        seed,
        Path("runs") / name,
        state,
        validation_accuracy=validation,
        test_accuracy=test,
        **others,
    )


def noise(seed):
    return (seed * 37 % 11) / 1000


def cells():
    """Return six seeds of three models, seed by seed."""
    return [
        cell({"base": name}, seed, mean + noise(seed), mean - noise(3 * seed), seconds=10.0 + seed,
             parameters=len(name) * 1000)
        for seed in SEEDS
        for name, mean in BASES.items()
    ]  # fmt: skip


def table(found, baseline=None):
    document = sweep_table("x", found, baseline)
    json_bytes(document)  # all of it is JSON
    return document


def test_sweep_table_has_statistics_of_scipy():
    document = table(cells())
    assert (document["sweep"], document["keys"]) == ("x", ["base"])
    assert (document["num_cells"], document["states"]) == (18, {"finished": 18})
    assert [group["group"] for group in document["groups"]] == list(BASES)
    for group in document["groups"]:
        accuracies = [BASES[group["group"]] - noise(3 * seed) for seed in SEEDS]
        sample = group["test_accuracy"]
        assert sample["mean"] == pytest.approx(np.mean(accuracies))
        assert sample["std"] == pytest.approx(np.std(accuracies, ddof=1))
        interval = stats.t.interval(0.95, 5, np.mean(accuracies), stats.sem(accuracies))
        assert sample["interval"] == pytest.approx(interval)
        assert (group["seeds"], group["seconds"]) == (list(SEEDS), 12.5)
        assert group["parameters"] == 1000 * len(group["group"])


def test_sweep_table_tests_against_the_first_group():
    document = table(cells())
    first, stn, naive = (group["against_baseline"]["test_accuracy"] for group in document["groups"])
    assert (document["baseline"], first) == ("cnn", None)
    assert stn["mean"] == pytest.approx(0.03)
    assert naive["mean"] == pytest.approx(-0.02)
    assert stn["p"] == naive["p"] == 2 / 64
    assert stn["adjusted_p"] == naive["adjusted_p"] == 4 / 64
    assert not stn["can_decide"]


def test_sweep_table_with_a_baseline():
    document = table(cells(), {"base": "naive"})
    tests = [group["against_baseline"]["validation_accuracy"] for group in document["groups"]]
    assert document["baseline"] == "naive"
    assert [test and round(test["mean"], 6) for test in tests] == [0.02, 0.05, None]


def test_sweep_table_with_some_values_of_the_baseline():
    """The first group that has them is the baseline."""
    found = [
        cell({"base": base, "train.epochs": epochs}, 0) for base in ("a", "b") for epochs in (1, 2)
    ]
    assert table(found, {"train.epochs": 2})["baseline"] == "a, epochs 2"
    assert table(found, {"base": "b", "train.epochs": 2})["baseline"] == "b, epochs 2"


@pytest.mark.parametrize("baseline", [{"base": "gone"}, {"train.epochs": 3}])
def test_sweep_table_without_the_baseline(baseline):
    document = table(cells(), baseline)
    assert (document["baseline"], document["baseline_values"]) == (None, baseline)
    assert all(
        test is None for group in document["groups"] for test in group["against_baseline"].values()
    )


def test_sweep_table_of_a_baseline_without_results():
    found = [*cells()[1:], cell({"base": "other"}, 9)]
    found = [cell({"base": "cnn"}, 0, None, state="failed")] + [
        each for each in found if each.values["base"] != "cnn"
    ]
    document = table(found)
    assert document["baseline"] == "cnn"
    assert document["groups"][0]["validation_accuracy"] is None
    assert document["groups"][1]["against_baseline"]["validation_accuracy"] is None


@pytest.mark.parametrize("state", ["running", "interrupted", "diverged", "failed", "missing"])
def test_sweep_table_counts_only_finished_cells(state):
    """An unfinished cell may have a high accuracy so far."""
    found = [cell({"base": "a"}, 0, 0.5), cell({"base": "a"}, 1, 0.99, 0.99, state)]
    document = table(found)
    [group] = document["groups"]
    assert group["states"] == {"finished": 1, state: 1}
    assert (group["seeds"], group["validation_accuracy"]["mean"]) == ([0], 0.5)
    assert (group["validation_accuracy"]["std"], group["test_accuracy"]) == (None, None)
    assert document["best"] == {"group": "a", "cell": "a-s0", "accuracy": 0.5}
    assert [each["state"] for each in document["cells"]] == ["finished", state]


def test_sweep_table_pairs_common_seeds():
    """Missing cells leave fewer pairs."""
    found = [each for each in cells() if (each.values["base"], each.seed) not in
             {("cnn", 0), ("stn", 1), ("stn", 2)}]  # fmt: skip
    stn, naive, _ = table(found, {"base": "cnn"})["groups"]
    assert stn["against_baseline"]["test_accuracy"]["n"] == 3
    assert naive["against_baseline"]["test_accuracy"]["n"] == 5


def test_sweep_table_selects_by_validation():
    """Never by the test accuracy, also if that is higher."""
    found = [cell({"base": "a"}, 0, 0.9, 0.1), cell({"base": "b"}, 0, 0.8, 0.99)]
    assert table(found)["best"] == {"group": "a", "cell": "a-s0", "accuracy": 0.9}
    assert table(found[::-1])["best"]["cell"] == "a-s0"


def test_sweep_table_of_ties():
    """The first of equal groups is the best; there is no difference, and p is 1."""
    found = [cell({"base": name}, seed, 0.5, 0.5) for name in "ab" for seed in (0, 1)]
    document = table(found)
    assert document["best"] == {"group": "a", "cell": "a-s0", "accuracy": 0.5}
    test = document["groups"][1]["against_baseline"]["test_accuracy"]
    assert (test["mean"], test["p"], test["adjusted_p"]) == (0, 1, 1)


def test_sweep_table_of_one_seed():
    document = table([cell({"base": name}, 0, 0.5) for name in "abc"])
    assert [group["validation_accuracy"]["interval"] for group in document["groups"]] == [None] * 3
    test = document["groups"][2]["against_baseline"]["validation_accuracy"]
    assert (test["n"], test["adjusted_p"], test["can_decide"]) == (1, 1, False)


@pytest.mark.parametrize("found", [[], [cell({}, 0, None, state="missing")]])
def test_sweep_table_without_results(found):
    document = table(found)
    assert document["best"] == {"group": None, "cell": None, "accuracy": None}
    assert len(document["groups"]) == len(found)


def test_sweep_table_distinguishes_values_that_look_alike():
    """Groups are equal by their values, and each has another label."""
    values = [1, True, "1", None, "null", [1], [1], {"a": 1}]
    document = table([cell({"train.x": value}, n) for n, value in enumerate(values)])
    labels = [group["group"] for group in document["groups"]]
    assert len(labels) == len(set(labels)) == 7
    assert document["groups"][5]["seeds"] == [5, 6]
    assert [each["group"] for each in document["cells"]][5:7] == [labels[5]] * 2
