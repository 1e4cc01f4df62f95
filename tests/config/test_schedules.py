import pytest

from stnctl.config.dump import changed_keys
from stnctl.config.load import load_config, parse_config
from stnctl.config.schedules import SCHEDULES, Constant, Cosine, OneCycle, Step


def schedule_of(text, *overrides):
    return parse_config(text, where="x", overrides=overrides).train.schedule


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedule_name_is_short_for_its_section(name):
    assert schedule_of(f"train: {{schedule: {name}}}") == SCHEDULES[name]()
    assert schedule_of("", f"train.schedule={name}") == SCHEDULES[name]()


@pytest.mark.parametrize(
    ("text", "overrides", "expected"),
    [
        ("", [], Constant()),
        ("", ["train.schedule.warmup=1"], Constant(warmup=1.0)),
        ("train: {schedule: cosine}", ["train.schedule.warmup=0.5"], Cosine(warmup=0.5)),
        ("", ["train.schedule=step", "train.schedule.every=2"], Step(every=2.0)),
        ("train: {schedule: {schedule: step, every: 2}}", ["train.schedule=onecycle"], OneCycle()),
    ],
)
def test_schedule_of_overrides(text, overrides, expected):
    assert schedule_of(text, *overrides) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{warmup: 2}", Cosine(warmup=2.0)),
        ("{schedule: step, every: 3}", Step(every=3.0)),
        ("constant", Constant()),
    ],
)
def test_schedule_of_extended_files(tmp_path, text, expected):
    (tmp_path / "base.yaml").write_text("train: {schedule: cosine}")
    top = tmp_path / "top.yaml"
    top.write_text(f"extends: base.yaml\ntrain: {{schedule: {text}}}")
    assert load_config(top).train.schedule == expected


def test_changed_keys_of_schedules():
    one, other, another = (
        parse_config(f"train: {{schedule: {text}}}", where="x")
        for text in ("cosine", "{schedule: cosine, warmup: 1}", "step")
    )
    assert changed_keys(one, one) == []
    assert changed_keys(one, other) == ["train.schedule.warmup"]
    assert changed_keys(one, another) == ["train.schedule"]
