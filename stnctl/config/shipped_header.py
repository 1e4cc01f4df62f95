"""Header of a shipped config: the comment at the start of its file.

Its first paragraph describes the experiment, and the first sentence is the summary. Two lines state
the time of a training and its result, if they were measured::

    # Minutes on two CPU cores: 3
    # Test accuracy: 98.3 %
"""

import re
from dataclasses import dataclass
from itertools import takewhile

from stnctl.config.shipped import (
    read_shipped,
    read_shipped_sweep,
    shipped_names,
    shipped_sweeps,
)

_SCHEMA = "# yaml-language-server:"
_END = re.compile(r"\.(?= [A-Z]|$)")
_MINUTES = re.compile(r"^Minutes on two CPU cores: (\d+)$", re.MULTILINE)
_ACCURACY = re.compile(r"^Test accuracy: (\d+\.\d) %$", re.MULTILINE)


@dataclass(frozen=True)
class ShippedHeader:
    """Header of a shipped config.

    Attributes:
        summary: First sentence of the description, without its period.
        minutes: Minutes of a training on two CPU cores, or None if they were not measured.
        test_accuracy: Accuracy on the test set, from 0 to 1, or None if it was not measured.
    """

    summary: str
    minutes: int | None
    test_accuracy: float | None


def shipped_headers() -> dict[str, ShippedHeader]:
    """Return the name of each shipped config -> its header, sorted by name."""
    return {name: _parse(read_shipped(name).decode()) for name in shipped_names()}


def sweep_summaries() -> dict[str, str]:
    """Return the name of each shipped sweep -> the first sentence of its header."""
    return {name: _parse(read_shipped_sweep(name).decode()).summary for name in shipped_sweeps()}


def _parse(text: str) -> ShippedHeader:
    comment = takewhile(lambda line: line.startswith("#"), text.splitlines())
    header = "\n".join(line[2:] for line in comment if not line.startswith(_SCHEMA)).strip("\n")
    description = " ".join(header.partition("\n\n")[0].splitlines())
    minutes, accuracy = _MINUTES.search(header), _ACCURACY.search(header)
    return ShippedHeader(
        summary=_END.split(description)[0],
        minutes=int(minutes[1]) if minutes else None,
        test_accuracy=round(float(accuracy[1]) / 100, 4) if accuracy else None,
    )
