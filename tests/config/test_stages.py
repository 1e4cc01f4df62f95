import pytest

from stnctl.config.load import parse_config
from stnctl.config.stages import stage_of_epoch, stages_of
from stnctl.errors import ConfigError

CONFIG = """
data: {distortion: R}
model: {transformer: {}}
train:
  epochs: 9
  learning_rate: 0.1
  penalties: {identity: 2}
  learning_rate_of: {localization: 0.5}
  stages:
    - {epochs: 2, distortion: {set: R, rotation: [-10, 10]}, freeze: {localization: always}}
    - {epochs: 3, penalties: {}, learning_rate: 0.2, schedule: cosine, learning_rate_of: {}}
"""


@pytest.fixture(name="config")
def staged():
    return parse_config(CONFIG, where="x")


def test_stages_of_replace_keys(config):
    first, second, main = stages_of(config.train)
    assert [stage.first_epoch for stage in (first, second, main)] == [0, 2, 5]
    assert [stage.train.epochs for stage in (first, second, main)] == [2, 3, 4]
    assert [stage.train.penalties.identity for stage in (first, second, main)] == [2, None, 2]
    assert [stage.train.learning_rate for stage in (first, second, main)] == [0.1, 0.2, 0.1]
    assert [stage.train.learning_rate_of.localization for stage in (first, second, main)] == [
        0.5,
        1.0,
        0.5,
    ]
    assert first.train.freeze.localization == "always"
    assert main.train.freeze.localization is None
    assert second.train.schedule.schedule == "cosine"
    assert not any(stage.train.stages for stage in (first, second, main))


def test_stage_config(config):
    first, second, main = (stage.config(config) for stage in stages_of(config.train))
    assert first.data.distortion.rotation == (-10, 10)
    assert second.data == main.data == config.data
    assert first.model is config.model


def test_stages_of_a_training_without_stages():
    config = parse_config("", where="x")
    [stage] = stages_of(config.train)
    assert stage.train == config.train
    assert stage.config(config) == config


def test_stage_of_epoch(config):
    found = [stage_of_epoch(config.train, epoch).index for epoch in range(12)]
    assert found == [0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ("train.epochs=5", "train.stages: 5 epochs, expected less than train.epochs, 5"),
        ("train.stages=[{epochs: 10}]", "10 epochs, expected less than train.epochs, 9"),
        ("train.stages=[{}]", "epochs"),
        (
            "train.stages=[{epochs: 2, schedule: {schedule: cosine, warmup: 2}}]",
            "a warm-up of 2 epochs in stage 1, expected less than its epochs, 2",
        ),
        (
            "train.schedule={schedule: constant, warmup: 4}",
            "a warm-up of 4 epochs in stage 1, expected less than its epochs, 2",
        ),
        (
            "train.stages=[{epochs: 1, freeze: {localization: always, classifier: always}}]",
            "all parts are always frozen",
        ),
    ],
)
def test_stages_that_do_not_fit(override, problem):
    with pytest.raises(ConfigError, match=problem):
        parse_config(CONFIG, where="x", overrides=[override])


@pytest.mark.parametrize("keys", ["penalties: {inside: 1}", "freeze: {localization: 1 epochs}"])
def test_stages_without_a_transformer(keys):
    text = f"model: {{transformer: null}}\ntrain: {{stages: [{{epochs: 1, {keys}}}]}}"
    with pytest.raises(ConfigError, match="the model has no transformer") as caught:
        parse_config(text, where="c.yaml")
    assert caught.value.problems[0].path.startswith("train.stages[0].")
    assert caught.value.problems[0].origin.startswith("c.yaml:2:")
