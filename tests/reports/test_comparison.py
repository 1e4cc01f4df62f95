import numpy as np
import pytest
from scipy import stats

from stnctl.reports.comparison import compare_runs
from stnctl.runs.naming import run_labels
from stnctl.runs.summary import summarize
from stnctl.storage.json_files import json_bytes
from tests.reports.synthetic_run import SHA256, write_run, write_test_report

MEASURED = {"split": "test", "checkpoint": "best", "distortion": None}
STN = "model: {transformer: {transform: affine}}\n"
CNN_TEST = {1: 0.91, 2: 0.9, 3: 0.92, 4: 0.89, 5: 0.905, 6: 0.9}
STN_TEST = {1: 0.95, 2: 0.96, 3: 0.94, 4: 0.955, 5: 0.96, 6: 0.97}


def compared(runs):
    document = compare_runs([summarize(run) for run in runs], run_labels(runs), MEASURED)
    json_bytes(document)  # all of it is JSON
    return document


@pytest.fixture
def write(tmp_path):
    return lambda name, **options: write_run(tmp_path / name, **options)


@pytest.fixture
def two_groups(write):
    """Write six seeds of two networks; the last CNN has no partner of the same seed."""
    seeds = {**CNN_TEST, 9: 0.5}
    cnn = [write(f"cnn-s{seed}", seed=seed, test=test) for seed, test in seeds.items()]
    stn = [
        write(f"stn-s{seed}", seed=seed, test=test, config=STN) for seed, test in STN_TEST.items()
    ]
    return [*cnn, *stn]


def test_compare_runs_has_the_results_of_a_run(write):
    [row] = compared([write("x", seed=7, test=0.875, config="train: {epochs: 3}\n")])["runs"]
    assert row.pop("path").endswith("/x")
    assert row == {
        "run": "x", "label": "x", "group": "x", "state": "finished", "data": "digits",
        "data_sha256": SHA256,
        "network": "", "seed": 7, "parameters": 1234, "multiply_adds": 56_789,
        "epochs": 2, "planned_epochs": 3, "seconds_per_epoch": 3.5, "best_epoch": 2,
        "validation_accuracy": 0.75, "validation_loss": 1.0,
        "test_accuracy": 0.875, "test_loss": 0.25, "alignment": {},
    }  # fmt: skip


def test_compare_runs_has_statistics_over_seeds(two_groups):
    """The expected values are those of SciPy."""
    cnn, stn = compared(two_groups)["groups"]
    accuracies = [*CNN_TEST.values(), 0.5]
    found = cnn["test_accuracy"]
    assert (found["n"], cnn["seeds"]) == (7, [1, 2, 3, 4, 5, 6, 9])
    assert found["mean"] == pytest.approx(np.mean(accuracies))
    assert found["std"] == pytest.approx(np.std(accuracies, ddof=1))
    low, high = stats.t.interval(0.95, 6, np.mean(accuracies), stats.sem(accuracies))
    assert found["interval"] == pytest.approx((low, high))
    assert cnn["validation_accuracy"]["std"] == 0
    assert cnn["against_first"] == {"validation_accuracy": None, "test_accuracy": None}
    assert stn["runs"] == [f"stn-s{seed}" for seed in STN_TEST]


def test_compare_runs_pairs_equal_seeds(two_groups):
    """The order of the runs makes no difference, and a seed of one group is left out."""
    _, stn = compared([*two_groups[:7], *two_groups[:6:-1]])["groups"]
    test = stn["against_first"]["test_accuracy"]
    differences = [STN_TEST[seed] - CNN_TEST[seed] for seed in STN_TEST]
    assert test["mean"] == pytest.approx(np.mean(differences))
    assert (test["n"], test["p"], test["smallest_p"]) == (6, 2 / 64, 2 / 64)
    assert test["can_decide"] is True


def test_compare_runs_with_too_few_seeds(two_groups):
    _, stn = compared([*two_groups[:3], *two_groups[7:10]])["groups"]
    test = stn["against_first"]["test_accuracy"]
    assert (test["n"], test["p"], test["can_decide"]) == (3, 0.25, False)


def test_compare_runs_without_common_seeds(two_groups):
    _, stn = compared([two_groups[0], two_groups[8]])["groups"]
    assert stn["against_first"] == {"validation_accuracy": None, "test_accuracy": None}
    assert (stn["test_accuracy"]["n"], stn["test_accuracy"]["std"]) == (1, None)


def test_compare_runs_counts_a_repeated_seed_once(write):
    """Two equal runs are no second sample."""
    runs = [write(name, seed=seed, test=test) for name, seed, test in
            [("a1", 1, 0.9), ("a2", 1, 0.9), ("a3", 2, 0.8)]]  # fmt: skip
    [group] = compared(runs)["groups"]
    assert (group["test_accuracy"]["n"], group["seeds"]) == (2, [1, 1, 2])
    assert group["test_accuracy"]["mean"] == pytest.approx(0.85)


def test_compare_runs_of_equal_results(write):
    """A difference that is only one of rounding is none."""
    runs = [write("a", seed=1, test=0.9), write("b", seed=1, test=0.9, config=STN)]
    summaries = [summarize(run) for run in runs]
    object.__setattr__(summaries[1], "test_error", summaries[1].test_error + 1e-16)
    _, group = compare_runs(summaries, ["a", "b"], MEASURED)["groups"]
    test = group["against_first"]["test_accuracy"]
    assert (test["mean"], test["p"]) == (0, 1)


def test_compare_runs_has_the_differences_of_the_configurations(two_groups):
    [found] = compared(two_groups)["differences"]
    assert (found["key"], found["texts"]) == ("model.transformer", ["null", "transformer"])
    cnn, stn = found["values"]
    assert cnn is None
    assert stn["transform"] == "affine"


def test_compare_runs_leaves_out_a_stale_result(write):
    """The best epoch has changed since the evaluation."""
    run = write("x")
    write_test_report(run, epoch=1, accuracy=0.5)
    [row] = compared([run])["runs"]
    assert (row["test_accuracy"], row["test_loss"]) == (None, None)


@pytest.mark.parametrize("damage", ["config", "run", "metrics", "times"])
def test_compare_runs_of_a_broken_run(write, damage):
    broken = write("broken", test=0.5)
    getattr(broken, damage).write_bytes(b"\xff{\n")
    first, second = compared([write("x", test=0.5), broken])["runs"]
    assert (first["state"], second["state"]) == ("finished", "broken")
