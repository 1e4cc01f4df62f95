import pytest

from stnctl.config.dump import dump_config
from stnctl.config.load import parse_config
from stnctl.errors import InputError
from stnctl.evaluation.edited_config import check_not_edited, edited_keys
from stnctl.runs.directory import RunDirectory

TRAINED = parse_config("seed: 3", where="x")


@pytest.fixture
def run(tmp_path):
    return RunDirectory(tmp_path / "x")


def meta_of(config=TRAINED):
    return {"step": 41, "config": dump_config(config)}


def edited(*overrides):
    return parse_config("seed: 3", where="x", overrides=overrides)


@pytest.mark.parametrize(
    "override",
    [
        "train.epochs=9",
        "train.learning_rate=0.5",
        "train.ema=0.9",
        "limits.max_bytes=5",
        "name=y",
        "data.source=digits",
        "data.offline=digits",
        "data.keys.x_train=images",
    ],
)
def test_check_not_edited_accepts_harmless_keys(run, override):
    check_not_edited(run, edited(override), meta_of())
    assert edited_keys(run, edited(override), meta_of()) == [override.partition("=")[0]]


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("seed=4", "seed: expected 3, got 4"),
        ("data.distortion=R", "data.distortion differs"),
        ("data.test_seed=1", "data.test_seed: expected 0, got 1"),
        ("data.pixels=raw", "data.pixels: expected 'unit', got 'raw'"),
        ("data.validation=test", "data.validation: expected 0.1, got 'test'"),
        ("data.train_size=9", "data.train_size: expected null, got 9"),
        ("data.distortion=[rotate]", "data.distortion: expected a section, got [a section]"),
        ("model.transformer={}", "model.transformer: expected null, got a section"),
        ("model.classifier.filters=[1]", "model.classifier.filters: expected [32, 64], got [1]"),
    ],
)
def test_check_not_edited_rejects(run, override, problem):
    with pytest.raises(InputError) as error:
        check_not_edited(run, edited(override), meta_of())
    assert str(error.value) == f"{run.config} is not the trained configuration: {problem}"
    assert "checkpoints/step-00000041/meta.json has it as `config`" in error.value.hint


def test_check_not_edited_shows_three_keys(run):
    config = edited("seed=4", "data.test_seed=1", "data.pixels=raw", "model.transformer={}")
    with pytest.raises(InputError, match=r"got 1; and 1 more$"):
        check_not_edited(run, config, meta_of())


@pytest.mark.parametrize("meta", [{}, {"step": 41}, {"step": 41, "config": None}])
def test_check_not_edited_needs_a_trained_config(run, meta):
    check_not_edited(run, TRAINED, meta)
    assert edited_keys(run, TRAINED, meta) == []


@pytest.mark.parametrize("config", ["[1", "sed: 1", "- 1", "extends: x"])
def test_check_not_edited_rejects_an_invalid_trained_config(run, config):
    with pytest.raises(InputError, match="step-00000041 is not valid: its configuration"):
        check_not_edited(run, TRAINED, {"step": 41, "config": config})
