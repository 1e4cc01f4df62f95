"""Ctrl-C, SIGTERM and SIGHUP: the first asks to stop, the second leaves at once."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
        with suppress(RuntimeError):  # it came while something was printed
            console.note("stopping after this step; once more to leave at once")

    def interrupt(self, number: int, _frame: FrameType | None) -> None:
        """Note the first signal, and interrupt what goes on; leave at the second.

        Raises:
            KeyboardInterrupt: At the first, whichever it is.
        """
        self._take(number)
        sys.unraisablehook = lambda _: None  # what is half done complains as it is dropped
        raise KeyboardInterrupt

    def _take(self, number: int) -> None:
        if self.signal is not None:
            console.show_cursor()
            os._exit(128 + number)
        self.signal = number


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Note SIGINT, SIGTERM and SIGHUP inside the block, for a training to stop after its step."""
    request = StopRequest()
    with _handled(request.receive):
        yield request


@contextmanager
def interrupt_on_signals() -> Iterator[StopRequest]:
    """Raise KeyboardInterrupt inside the block at SIGINT, SIGTERM and SIGHUP.

    So what is half done is cleaned up.
    """
    request, hook = StopRequest(), sys.unraisablehook
    try:
        with _handled(request.interrupt):
            yield request
    finally:
        sys.unraisablehook = hook


@contextmanager
def _handled(receive: Callable[[int, Any], None]) -> Iterator[None]:
    """Let ``receive`` get the signals; one that is ignored, as by ``nohup``, stays so."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, receive) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
