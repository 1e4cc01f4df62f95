from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stnctl.errors import UsageError
from stnctl.runs import config_values
from stnctl.runs.run_filters import parse_filter, select_runs
from stnctl.runs.summary import RunSummary, summarize
from tests.reports.synthetic_run import write_run

CONFIG = {
    "seed": 1,
    "data": {"distortion": {"set": "RTS", "canvas": [42, 42]}},
    "model": {"transformer": None, "classifier": [{"layer": "conv", "filters": 3}]},
    "train": {"epochs": 5, "learning_rate": 0.001, "schedule": {"schedule": "cosine"}},
}
RUN = RunSummary(
    "stn-1",
    Path("runs/stn-1"),
    "finished",
    started=datetime.now(UTC) - timedelta(days=2),
    data="mnist RTS",
    network="article",
    parameters=1000,
    epochs=5,
    validation_accuracy=0.98,
    test_error=0.02,
    seed=1,
    config=CONFIG,
)


@pytest.mark.parametrize(
    "text",
    [
        "state=finished",
        "state==finished",
        " state = finished ",
        "state!=broken",
        "name=stn-1",
        "name=stn*",
        "name=st?-[0-9]",
        "name!=cnn*",
        "data=mnist RTS",
        "parameters=1000",
        "parameters<1e6",
        "epochs>=5",
        "validation_accuracy>97.5%",
        "validation_accuracy=0.98",
        "test_error<=2 %",
        "age>1d",
        "age<49h",
        "age>=2 d",
        "test_loss=null",
        "test_loss!=1",
        "test_error!=null",
        "touched=null",
        "version=null",
        "train.epochs=5",
        "train.epochs>4.5",
        "train.epochs!=6",
        "train.learning_rate=1e-3",
        "train.schedule=cosine",
        "model.transformer=null",
        "model.classifier.0.filters=3",
        "model.classifier.0=conv",
        "data.distortion=RTS",
        "data.distortion!=R",
        "data.distortion.set=R*",
        "data.distortion.canvas=[42, 42]",
    ],
)
def test_select_runs_matches(text):
    assert select_runs([RUN], [text]) == [RUN]


@pytest.mark.parametrize(
    "text",
    [
        "state=broken",
        "name=STN*",
        "name!=stn*",
        "parameters!=1000",
        "epochs>5",
        "epochs<5",
        "validation_accuracy>98%",
        "age<1d",
        "test_loss<1",
        "test_loss!=null",
        "test_error=null",
        "train.epochs='5'",
        "train.epochs>x",
        "train.epochs=true",
        "train.schedule=constant",
        "model.transformer!=null",
        "data.distortion=R",
        "data.distortion>R",
        "data.distortion=3",
    ],
)
def test_select_runs_does_not_match(text):
    assert select_runs([RUN], [text]) == []


def test_select_runs_needs_all_conditions():
    assert select_runs([RUN], ["state=finished", "epochs=5"]) == [RUN]
    assert select_runs([RUN], ["state=finished", "epochs=4"]) == []
    assert select_runs([RUN], []) == [RUN]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected KEY=VALUE, such as state=finished"),
        ("finished", "'finished': expected KEY=VALUE"),
        ("=3", "expected KEY=VALUE"),
        ("a b=3", "expected KEY=VALUE"),
        ("\x1b[2J=3", r"'\x1b[2J=3': expected KEY=VALUE"),
        ("stat=finished", "unknown key stat, did you mean state?"),
        ("state<finished", "state is a text, expected = or !="),
        ("epochs=five", "expected a number, got 'five'"),
        ("epochs=1.2.3", "expected a number, got '1.2.3'"),
        ("seed=true", "expected a number, got 'true'"),
        ("epochs=5%", "expected a number, got '5%'"),
        ("epochs<null", "expected a number, got 'null'"),
        ("test_error<2d", "expected a number from 0 to 1, or a percentage such as 98%"),
        ("age>3", "expected a time in s, min, h or d, such as 30d, got '3'"),
        ("train.epocs=5", "no run has the key train.epocs, did you mean train.epochs?"),
        ("train.epochs=[5", "'train.epochs=[5'"),
        ("train.epochs.x=5", "no run has the key train.epochs.x"),
    ],
)
def test_select_runs_rejects(text, message):
    with pytest.raises(UsageError) as caught:
        select_runs([RUN], [text])
    assert message in str(caught.value)


def test_select_runs_of_no_runs_has_any_key():
    assert select_runs([], ["train.epocs=5"]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("train.clip_norm=null", True),
        ("train.optimizer=adam", True),
        ("model.classifier=article", True),
        ("train.schedule.warmup=0", True),
        ("model.transformer.transform=affine", False),
    ],
)
def test_select_runs_has_defaults_of_newer_keys(tmp_path, text, found):
    """A run of an earlier version lacks keys; its values are then the defaults."""
    config = "model:\n  transformer: null\n  classifier:\n    filters: [4]\ntrain:\n  epochs: 2\n"
    other = "model:\n  transformer:\n    transform: affine\n"
    runs = [
        summarize(write_run(tmp_path / name, config=text))
        for name, text in (("old", config), ("other", other))
    ]
    assert (runs[0] in select_runs(runs, [text])) is found


def test_select_runs_reads_no_schema_for_present_keys(monkeypatch):
    monkeypatch.setattr(config_values, "_complete", None)
    assert select_runs([RUN], ["train.epochs=5", "data.distortion=RTS"]) == [RUN]
    assert select_runs([RUN, RUN], ["model.transformer!=null"]) == []


def test_parse_filter_of_a_broken_run():
    broken = RunSummary("x", Path("x"), "broken")
    assert not parse_filter("train.epochs=5").matches(broken)
    assert not parse_filter("epochs>0").matches(broken)
