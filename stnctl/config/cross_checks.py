"""Checks of a valid config that concern several of its sections."""

from collections.abc import Iterator

from stnctl.config.part_sections import ALWAYS, Freeze, LearningRateOf
from stnctl.config.raw import RawConfig
from stnctl.config.schema import Config
from stnctl.config.stage_section import StageConfig
from stnctl.config.strict_yaml import KeyPath
from stnctl.config.train_section import TrainConfig
from stnctl.errors import ConfigProblem


def cross_problems(config: Config, raw: RawConfig) -> tuple[ConfigProblem, ...]:
    """Return the problems of keys that do not fit each other.

    Args:
        config: The config.
        raw: The same config before its validation, with the origins of its keys.
    """
    return tuple(raw.problem_at(path, problem) for path, problem in _problems(config))


def _problems(config: Config) -> Iterator[tuple[KeyPath, str]]:
    """Yield the path of each wrong key, and its problem."""
    if config.model.has_transformer:
        return
    yield from _problems_of(config.train, ("train",))
    for number, stage in enumerate(config.train.stages):
        yield from _problems_of(stage, ("train", "stages", number))


def _problems_of(
    section: TrainConfig | StageConfig, path: KeyPath
) -> Iterator[tuple[KeyPath, str]]:
    """Yield the keys of a training without a transformer that need one."""
    factors, freeze = section.learning_rate_of, section.freeze
    reason = "the model has no transformer, so that it has no localization network"
    if factors is not None and factors.localization != LearningRateOf().localization:
        yield (*path, "learning_rate_of", "localization"), reason
    if freeze is not None and freeze.localization != Freeze().localization:
        yield (*path, "freeze", "localization"), reason
    if freeze is not None and freeze.classifier == ALWAYS:
        problem = "the whole network is always frozen, so that nothing is trained"
        yield (*path, "freeze", "classifier"), problem
    for name in section.penalties.names if section.penalties is not None else ():
        yield (*path, "penalties", name), "the model has no transformer"
