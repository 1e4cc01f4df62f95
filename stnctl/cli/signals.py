"""Ctrl-C and SIGTERM: the first asks to stop, the second leaves at once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from stnctl.cli import console


class StopRequest:
    """Whether a signal asked to stop.

    Attributes:
        signal: The signal's number, or None.
    """

    signal: int | None = None

    def receive(self, number: int, _frame: FrameType | None) -> None:
        """Note the first signal; leave at the second."""
        if self.signal is not None:
            console.show_cursor()
            os._exit(128 + number)
        self.signal = number
        console.note("stopping after this step; once more to leave at once")


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Catch SIGINT and SIGTERM inside the block."""
    request = StopRequest()
    handlers = {
        number: signal.signal(number, request.receive) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield request
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
