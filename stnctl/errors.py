"""Errors that a user sees as one message. Each class has the exit code of the command."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

EXIT_CODES = {
    "0": "done",
    "1": "a bug in stnctl; `stnctl --debug ...` shows the traceback",
    "2": "the command line or the configuration is invalid",
    "3": "an image, a data set, a checkpoint or a run is missing or damaged",
    "4": "a fault of the environment: disk, permission, lock, memory or internet connection",
    "5": "training diverged: the loss, a weight or an output is not finite",
    "129, 130, 131, 143": "stopped by SIGHUP, Ctrl-C, Ctrl-\\ or SIGTERM; "
    "`train --resume` continues",
}
"""Exit codes of the commands -> their meaning, for help and docs."""


_MIN_PREFIX = 3
"""Minimum number of letters that suggest a choice by its beginning."""

DIVERGED_HINT = "start a new run with a lower train.learning_rate"
"""Next step after a training that diverged."""


class StnctlError(Exception):
    """An error that is shown as one message, without a traceback.

    Attributes:
        exit_code: The exit code of a command that ends with this error.
        hint: The next action that the message suggests to the user, or None.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """Store the message and the hint."""
        super().__init__(message)
        self.hint = hint


class UsageError(StnctlError):
    """An error in the command line, such as an invalid option or the name of an existing run."""

    exit_code = 2


@dataclass(frozen=True)
class ConfigProblem:
    """One problem of a config.

    Attributes:
        problem: The problem or the expectation, such as ``expected a number``.
        got: The wrong value, as a message shows it, or empty.
        suggestion: A suggested correction, such as ``did you mean epochs?``, or empty.
        path: The key, such as ``model.classifier.filters[0]``; empty for the whole config, or if
            no key is known.
        origin: The place where the key was given, such as ``stn.yaml:3:5`` (file, line and
            column), or empty.
        is_path_in_origin: Whether ``origin`` contains the path, as ``--set seed=x`` does. The
            message then leaves ``path`` out.
    """

    problem: str
    got: str = ""
    suggestion: str = ""
    path: str = ""
    origin: str = ""
    is_path_in_origin: bool = False

    @property
    def sentence(self) -> str:
        """The problem without its place: ``expected A, got B, did you mean C?``."""
        got = f"got {self.got}" if self.got else ""
        return ", ".join(part for part in (self.problem, got, self.suggestion) if part)

    def __str__(self) -> str:
        """Return the problem as one line of a message: ``origin: path: sentence``."""
        path = "" if self.is_path_in_origin else self.path
        return ": ".join(part for part in (self.origin, path, self.sentence) if part)


class ConfigError(UsageError):
    """An invalid config. The message has one line per problem.

    Attributes:
        problems: The problems, in the order of the config.
    """

    def __init__(self, *problems: ConfigProblem | str, hint: str | None = None) -> None:
        """Store the problems. A str is a problem without a known place."""
        self.problems = tuple(
            ConfigProblem(problem) if isinstance(problem, str) else problem for problem in problems
        )
        super().__init__("\n".join(map(str, self.problems)), hint=hint)


class InputError(StnctlError):
    """A missing or damaged image, data set, checkpoint or run."""

    exit_code = 3


class EnvironmentFault(StnctlError):  # noqa: N818 - EnvironmentError is Python's
    """A fault of the environment: disk, permission, lock, memory or internet connection."""

    exit_code = 4


class DivergedError(StnctlError):
    """A training that diverged: its loss or a weight is not finite."""

    exit_code = 5


def check_platform() -> None:
    """Raise if stnctl can't run on this operating system.

    Raises:
        EnvironmentFault: On Windows, which has no ``flock``, ``O_NOFOLLOW`` and ``SIGHUP``.
    """
    if sys.platform == "win32":
        raise EnvironmentFault("stnctl runs on Linux and macOS; on Windows, use WSL")


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that ``word`` is probably a misspelling of, or None.

    About a third of the letters may be wrong, missing, added or swapped with the next one. The
    first letters of a choice are also enough. Of equally near choices, the longest one is returned,
    because letters are omitted more often than added. Case is ignored. If several choices differ
    only in case, only the last of them is considered.
    """
    word, folded = word.casefold(), {choice.casefold(): choice for choice in choices}
    costs = {choice: cost for choice in folded if (cost := _cost(word, choice)) is not None}
    if not costs:
        return None
    return folded[min(costs, key=lambda choice: (costs[choice], -len(choice)))]


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ``", did you mean X?"`` for the choice most similar to ``word``, or an empty text."""
    near = nearest(word, choices)
    return f", did you mean {near}?" if near else ""


def _cost(word: str, choice: str) -> int | None:
    """Return the edit distance of a misspelled word from a choice; None if they are too far."""
    limit = (max(len(word), len(choice)) + 1) // 3
    if len(word) >= _MIN_PREFIX and choice.startswith(word):
        return len(choice) - len(word)
    foreign = sum(letter not in choice for letter in word)  # each one is an edit of its own
    if max(abs(len(word) - len(choice)), foreign) > limit:
        return None
    distance = _edit_distance(word, choice)
    return distance if distance <= limit else None


def _edit_distance(a: str, b: str) -> int:
    """Return the number of insertions, deletions, replacements and swaps of neighbours."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a):
        before, last, row = row, before, [i + 1]
        for j, other in enumerate(b):
            cost = min(before[j] + (letter != other), before[j + 1] + 1, row[j] + 1)
            if i and j and letter == b[j - 1] and a[i - 1] == other:
                cost = min(cost, last[j - 1] + 1)
            row.append(cost)
    return row[-1]
