import pytest

from stnctl.reports.run_groups import differing_keys, group_runs
from stnctl.runs.summary import summarize
from tests.reports.synthetic_run import write_run

CNN = "model: {transformer: null}\n"
STN = "model: {transformer: {transform: affine}}\n"


@pytest.fixture
def summary(tmp_path):
    """Return a function that writes a run and returns its summary."""
    return lambda name, **options: summarize(write_run(tmp_path / name, **options))


def grouped(runs):
    return {
        group.label: [runs[place].name for place in group.members] for group in group_runs(runs)
    }


def test_group_runs_by_seed(summary):
    runs = [
        summary("cnn-s1", seed=1, config=CNN),
        summary("stn-s1", seed=1, config=STN),
        summary("cnn-s2", seed=2, config=CNN),
        summary("stn-s2", seed=2, config=STN),
    ]
    assert grouped(runs) == {"cnn": ["cnn-s1", "cnn-s2"], "stn": ["stn-s1", "stn-s2"]}


@pytest.mark.parametrize(
    "config",
    [
        "train: {threads: 7, checkpoint_every: 5 steps}\n",
        "limits: {max_parameters: 10000}\n",
        "data: {source: moved/digits.npz, offline: digits}\n",
        "train: {epochs: 10}\n",  # the default
    ],
)
def test_group_runs_ignores_keys_without_effect(summary, config):
    runs = [summary("a", seed=1), summary("b", seed=2, config=config)]
    assert len(group_runs(runs)) == 1


@pytest.mark.parametrize(
    "config", ["train: {epochs: 11}\n", "data: {pixels: raw}\n", "train: {start_from: x}\n", STN]
)
def test_group_runs_separates_other_configurations(summary, config):
    runs = [summary("a", seed=1), summary("b", seed=2, config=config)]
    assert len(group_runs(runs)) == 2


def test_group_runs_separates_unreadable_configurations(summary):
    """They are never equal."""
    runs = [summary("a", config="x: ["), summary("b", config="x: [")]
    assert grouped(runs) == {"a": ["a"], "b": ["b"]}


def test_group_runs_separates_other_data(summary):
    data = {"source": "digits", "sha256": "00", "warning": None, "mark": None}
    assert len(group_runs([summary("a"), summary("b", data=data)])) == 2


def test_group_runs_of_different_starts(summary):
    """Each seed may start from a run of its own."""
    runs = [
        summary(name, seed=n, config=f"train: {{start_from: first-{n}}}\n")
        for n, name in enumerate(("a-1", "a-2"))
    ]
    assert grouped(runs) == {"a": ["a-1", "a-2"]}


@pytest.mark.parametrize(
    ("names", "label"),
    [
        (("cnn-s1", "cnn-s2"), "cnn"),
        (("cnn1", "cnn2"), "cnn"),
        (("cnn-10", "cnn-11"), "cnn"),
        (("cnn_seed_1", "cnn_seed_2"), "cnn_seed"),
        (("cnn-seed1", "cnn-seed2"), "cnn"),
        (("stn-20260102-030405", "stn-20260103-030405-2"), "stn"),
        (("resnet-50-a", "resnet-50-b"), "resnet-50"),
        (("one", "two"), "one"),
        (("stn", "stn-2"), "stn"),
    ],
)
def test_labels_of_groups(summary, names, label):
    assert list(grouped([summary(name) for name in names])) == [label]


def test_labels_of_groups_differ(summary):
    """Both groups would be named ``x``."""
    runs = [summary("x-1"), summary("x-2"), summary("x", config=STN)]
    assert list(grouped(runs)) == ["x-1 and 1 more", "x"]


def test_differing_keys(summary):
    runs = [
        summary("a", seed=1, config="train: {epochs: 3}\n"),
        summary("b", seed=2, config=CNN + "train: {epochs: 3, threads: 3}\n"),
        summary("c", seed=3, config="train: {epochs: 4, start_from: x}\n"),
        summary("d", config="x: ["),
    ]
    assert differing_keys(group_runs(runs)) == ["train.epochs", "train.start_from"]
    assert differing_keys(group_runs(runs[3:] + runs[:3])) == []
