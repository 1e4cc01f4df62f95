"""Checks of a valid config that concern several of its sections."""

from collections.abc import Iterator

from stnctl.config.raw import RawConfig
from stnctl.config.schema import Config
from stnctl.config.strict_yaml import KeyPath
from stnctl.config.train_section import ALWAYS, Freeze, LearningRateOf
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
    train = config.train
    if config.model.has_transformer:
        return
    reason = "the model has no transformer, so that it has no localization network"
    if train.learning_rate_of.localization != LearningRateOf().localization:
        yield ("train", "learning_rate_of", "localization"), reason
    if train.freeze.localization != Freeze().localization:
        yield ("train", "freeze", "localization"), reason
    if train.freeze.classifier == ALWAYS:
        problem = "the whole network is always frozen, so that nothing is trained"
        yield ("train", "freeze", "classifier"), problem
