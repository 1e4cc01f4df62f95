"""What every part may raise for the user to read, and the exit code that it means."""

import difflib
from collections.abc import Iterable


class StnctlError(Exception):
    """An error to show as one message, without a traceback.

    Attributes:
        exit_code: The exit code of the command that meets it.
        hint: What to do next, or None.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """Keep the message (what came, what was expected, where) and the hint."""
        super().__init__(message)
        self.hint = hint


class UsageError(StnctlError):
    """The command line asks for something that does not exist or does not fit."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration is not valid. The message holds one line per error."""


class InputError(StnctlError):
    """An image, a data set, a checkpoint or a run is missing or damaged."""

    exit_code = 3


class EnvironmentFault(StnctlError):  # noqa: N818 - EnvironmentError is Python's
    """The machine refuses: disk, permission, lock, memory or network."""

    exit_code = 4


class DivergedError(StnctlError):
    """Training met a loss that is not finite."""

    exit_code = 5


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice nearest to ``word``, whatever the case of its letters; None if all are far.

    Of choices that differ only in case, it is the last one.
    """
    folded = {choice.casefold(): choice for choice in choices}
    near = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ``", did you mean X?"`` for the choice nearest to ``word``, or an empty string."""
    near = nearest(word, choices)
    return f", did you mean {near}?" if near else ""
