"""Ctrl-C, SIGTERM and SIGHUP: the first asks to stop, the second leaves at once."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

from stnctl.cli import console


class StopRequest:
    """Whether a signal asked to stop.

    Attributes:
        signal: The signal's number, or None.
    """

    signal: int | None = None

    def receive(self, number: int, _frame: FrameType | None) -> None:
        """Note the first signal; leave at the second."""
        self._take(number)
        console.note("stopping after this step; once more to leave at once")

    def interrupt(self, number: int, _frame: FrameType | None) -> None:
        """Note the first signal, and interrupt what goes on; leave at the second.

        Raises:
            KeyboardInterrupt: At the first, whichever it is.
        """
        self._take(number)
        raise KeyboardInterrupt

    def _take(self, number: int) -> None:
        if self.signal is not None:
            console.show_cursor()
            os._exit(128 + number)
        self.signal = number


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Catch SIGINT and SIGTERM inside the block."""
    request = StopRequest()
    with _handled((signal.SIGINT, signal.SIGTERM), request.receive):
        yield request


@contextmanager
def interrupt_on_signals() -> Iterator[StopRequest]:
    """Raise KeyboardInterrupt inside the block at SIGINT, SIGTERM and SIGHUP.

    So what is half done is cleaned up. A signal that is ignored, as SIGHUP is under ``nohup``,
    stays so.
    """
    request = StopRequest()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    with _handled(heeded, request.interrupt):
        yield request


@contextmanager
def _handled(numbers: Sequence[int], receive: Callable[[int, Any], None]) -> Iterator[None]:
    before = {number: signal.signal(number, receive) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
