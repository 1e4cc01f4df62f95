"""Groups of runs that differ only in their seed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from stnctl.config.dump import changed_keys
from stnctl.config.load import load_resolved
from stnctl.config.schema import Config
from stnctl.errors import StnctlError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.naming import without_time
from stnctl.runs.summary import RunSummary

SEED_KEYS = ("name", "seed")
"""Keys that differ between the runs of a group; `train.start_from` may differ too."""

NEUTRAL_KEYS = (
    "train.checkpoint_every",
    "train.report",
    "train.snapshots",
    "train.threads",
    "data.source",
    "data.offline",
    "data.keys",
    "limits",
)
"""Keys that do not change the expected results. The data is compared by its hash."""

_UNFINISHED = re.compile(r"([._-](s|seed|r|run)?)?[0-9]*$")
"""End of the common beginning of names such as cnn-s11 and cnn-s12."""


@dataclass(frozen=True)
class RunGroup:
    """Runs that differ only in their seed.

    Attributes:
        label: Name of the group.
        members: Places of its runs in the sequence of all runs.
        config: Configuration of the first run; None if it can't be read.
    """

    label: str
    members: tuple[int, ...]
    config: Config | None


def group_runs(runs: Sequence[RunSummary]) -> list[RunGroup]:
    """Return the groups of runs, in the order of their first runs.

    The configurations are compared with all their defaults, and the data by its hash. A run whose
    configuration can't be read is a group of its own.
    """
    configs = [_config(run) for run in runs]
    groups: list[list[int]] = []
    for place, (run, config) in enumerate(zip(runs, configs, strict=True)):
        for members in groups:
            first = members[0]
            if runs[first].data_sha256 == run.data_sha256 and _is_repeat(configs[first], config):
                members.append(place)
                break
        else:
            groups.append([place])
    labels = _labels([[runs[place].name for place in members] for members in groups])
    return [
        RunGroup(label, tuple(members), configs[members[0]])
        for label, members in zip(labels, groups, strict=True)
    ]


def differing_keys(groups: Sequence[RunGroup]) -> list[str]:
    """Return the keys in which the configuration of a group differs from that of the first group.

    Keys that may differ within a group are left out.
    """
    first, *others = [group.config for group in groups]
    found = [
        key
        for other in others
        if first is not None and other is not None
        for key in changed_keys(first, other)
        if not _is_free(key, first, other)
    ]
    return list(dict.fromkeys(found))


def _config(run: RunSummary) -> Config | None:
    try:
        return load_resolved(RunDirectory(run.path).config)
    except StnctlError:
        return None


def _is_repeat(a: Config | None, b: Config | None) -> bool:
    """Return whether two configurations differ only in their seed."""
    if a is None or b is None:
        return False
    return all(_is_free(key, a, b) for key in changed_keys(a, b))


def _is_free(key: str, a: Config, b: Config) -> bool:
    """Return whether a key that differs between two configurations may differ within a group."""
    if key == "train.start_from":  # each seed may start from another run, but not some from none
        return None not in (a.train.start_from, b.train.start_from)
    return any(key == each or key.startswith(f"{each}.") for each in (*SEED_KEYS, *NEUTRAL_KEYS))


def _labels(groups: Sequence[Sequence[str]]) -> list[str]:
    """Return a different label for each group of names."""
    labels = [_common_name(names) for names in groups]
    if len(set(labels)) == len(labels):
        return labels
    return [
        names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more" for names in groups
    ]


def _common_name(names: Sequence[str]) -> str:
    """Return the name of one run, or the common beginning of several names, up to whole words."""
    if len(names) == 1:
        return names[0]
    stems = [without_time(name) for name in names]
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*stems, strict=False))
    common = "".join(letters[0] for letters in alike)
    if any(stem != common and stem[len(common)].isalnum() for stem in stems):
        common = _UNFINISHED.sub("", common)
    return common.strip("._-") or names[0]
