import json

import pytest

from stnctl.reports.comparison import compare_runs
from stnctl.reports.comparison_tables import comparison_tables, remarks, subject
from stnctl.runs.naming import run_labels
from stnctl.runs.summary import summarize
from tests.reports.synthetic_run import write_run

MEASURED = {"split": "test", "checkpoint": "best", "distortion": None}
STN = "model: {transformer: {transform: affine}}\n"


def document_of(*runs, **measured):
    return compare_runs([summarize(run) for run in runs], run_labels(runs), MEASURED | measured)


def cells(table):
    """Return the rows as dicts by the names of the columns."""
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


@pytest.fixture
def write(tmp_path):
    return lambda name, **options: write_run(tmp_path / name, **options)


@pytest.fixture
def pairs(write):
    """Return a function that writes some seeds of two networks."""

    def make(count):
        return [
            write(f"{name}-s{seed}", seed=seed, test=test + seed / 1000, config=config)
            for name, test, config in (("cnn", 0.9, ""), ("stn", 0.95, STN))
            for seed in range(1, count + 1)
        ]

    return make


def test_comparison_tables_of_a_run(write):
    [table] = comparison_tables(document_of(write("x", test=0.9, config="train: {epochs: 3}\n")))
    assert cells(table) == [
        {"run": "x", "data": "digits", "network": "-", "parameters": "1,234",
         "multiply-adds": "56,789", "epochs": "2/3", "s/epoch": "3.50", "best epoch": "2",
         "val. accuracy": "0.7500", "val. loss": "1.0000",
         "test accuracy": "0.9000", "test loss": "0.2500"}
    ]  # fmt: skip


def test_comparison_tables_have_the_alignment(write):
    """A run without a known alignment has no row."""
    numbers = {"spread_before": 51.77, "spread_after": 18.84, "slope": 1.049, "half_turns": 0.0021}
    turned, other = write("turned", test=0.9), write("other", test=0.9)
    path = turned.eval / "test.json"
    rows = [{"transformer": "stn", "part": part, **numbers} for part in ("rotation", "shear")]
    report = json.loads(path.read_text()) | {"alignment": rows}
    path.write_text(json.dumps(report), encoding="utf-8")
    _, table, *_ = comparison_tables(document_of(other, turned))
    assert table.title.startswith("alignment on test: spread of the drawn distortion")
    shown = {"run": "turned", "drawn": "51.8", "left": "18.8", "median": "-", "slope": "1.05"}
    assert cells(table) == [
        shown | {"part": part, "half turns %": "0.2"} for part in ("rotation in degrees", "shear")
    ]


def test_comparison_tables_name_the_measurement(write):
    document = document_of(write("x", test=0.9), distortion="R\x1b", checkpoint="last")
    assert comparison_tables(document)[0].header[-2] == (
        r"test under R\x1b (last checkpoint) accuracy"
    )


def test_comparison_tables_of_groups(pairs):
    document = document_of(*pairs(6))
    runs, validation, test, differences = comparison_tables(document)
    assert len(runs.rows) == 12
    assert test.title == "test accuracy of the groups of runs that differ only in the seed"
    cnn, stn = cells(test)
    assert cnn == {
        "group": "cnn", "seeds": "6", "mean": "0.9035", "std": "0.0019",
        "95 % interval": "0.9015 to 0.9055", "difference": "-", "pairs": "-", "p": "-",
    }  # fmt: skip
    assert (stn["difference"], stn["pairs"], stn["p"]) == ("+0.0500", "6", "0.0312")
    assert cells(validation)[1]["p"] == "1"
    assert differences.header == ["configuration", "cnn", "stn"]
    assert list(differences.rows) == [["model.transformer", "null", "transformer"]]
    assert list(remarks(document)) == []


def test_remarks_on_too_few_seeds(pairs):
    document = document_of(*pairs(3))
    assert cells(comparison_tables(document)[2])[1]["p"] == "0.25 (too few seeds)"
    assert list(remarks(document)) == [
        "3 pairs are too few to decide: p is at least 0.25; for p <= 0.05, 6 or more seeds are "
        "needed"
    ]


def test_comparison_tables_correct_for_several_comparisons(pairs, write):
    """Two comparisons with the first group: seven seeds are needed."""
    others = [
        write(f"w-s{seed}", seed=seed, test=0.93 + seed / 1000, config="train: {epochs: 3}\n")
        for seed in range(1, 7)
    ]
    document = document_of(*pairs(6), *others)
    cnn, *rest = cells(comparison_tables(document)[2])
    assert cnn["adjusted p"] == "-"
    assert [(row["p"], row["adjusted p"]) for row in rest] == [
        ("0.0312", "0.0625 (too few seeds)"),
        ("0.0312", "0.0625 (too few seeds)"),
    ]
    assert list(remarks(document)) == [
        "6 pairs are too few to decide in 2 comparisons: the adjusted p is at least 0.0625; for "
        "p <= 0.05, 7 or more seeds are needed"
    ]


def test_remarks_of_single_runs(pairs):
    """Two runs are no groups: they have no table of statistics, and no remark."""
    document = document_of(*pairs(1))
    assert [len(table.rows) for table in comparison_tables(document)] == [2, 1]
    assert list(remarks(document)) == []


def test_remarks_on_states_and_repeated_seeds(write):
    runs = [write("x1", seed=3), write("x2", seed=3, end="diverged"), write("x3", end="start")]
    assert list(remarks(document_of(*runs))) == [
        "x2 is diverged",
        "x3 is interrupted",
        "x has runs of the same seed; they count once, with their mean",
    ]


def test_remarks_on_different_data(write):
    """Another distortion gives other images too."""
    remark = "the runs have different data: their results are those on different images"
    rotated = write("b", config="data: {distortion: {set: R}}\n")
    data = {"source": "digits", "sha256": "00", "warning": None, "mark": None}
    for other in (rotated, write("c", data=data)):
        assert list(remarks(document_of(write(f"a-{other.name}"), other))) == [remark]


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        ({}, "test"),
        ({"distortion": "RTS"}, "test under RTS"),
        ({"checkpoint": "last"}, "test (last checkpoint)"),
    ],
)
def test_subject(measured, text):
    assert subject(MEASURED | measured) == text


@pytest.mark.parametrize("value", [None, "x", True, [1], 10**400, -1, 1e308, {}])
def test_comparison_tables_of_hostile_values(write, value):
    """Wrong numbers of an untrusted run are unknown ones, and its texts are escaped."""
    network = {"parameters": value, "multiply_adds": value}
    run = write("x", accuracies=(value,), network=network, seed=value)
    data = {"source": "a\u202eb|`<script>", "sha256": "00", "warning": None, "mark": None}
    other = write("y\x1b[31m", data=data)
    [hostile, second] = cells(comparison_tables(document_of(run, other))[0])
    known = (hostile["parameters"], hostile["multiply-adds"], hostile["val. accuracy"])
    assert known in {("-", "-", "-"), ("-", "-", "1.0000")}
    assert second["run"] == r"y\x1b[31m"
    assert second["data"] == r"a\u202eb|`<script>"
