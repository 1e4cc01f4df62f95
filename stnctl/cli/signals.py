"""Handlers of `STOP_SIGNALS`.

The first signal stops the command, and the second signal exits at once.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from stnctl.cli import console

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""Signals of Ctrl-C, `kill`, a closed terminal, and Ctrl-\\."""


class StopRequest:
    """Record of the signal that requests to stop.

    Attributes:
        signal: The number of the first received signal; None before any signal.
    """

    signal: int | None = None

    def is_received(self) -> bool:
        """Return whether a signal was received."""
        return self.signal is not None

    def receive(self, number: int, _frame: FrameType | None) -> None:
        """Record the first signal, or exit the process at the second signal."""
        self._take(number)
        with suppress(RuntimeError):  # the signal interrupted another print
            console.note("stopping after this step; press again to exit at once")

    def interrupt(self, number: int, _frame: FrameType | None) -> None:
        """Record the first signal and interrupt the command, or exit at the second signal.

        Raises:
            KeyboardInterrupt: At the first signal.
        """
        self._take(number)
        raise KeyboardInterrupt

    def _take(self, number: int) -> None:
        if self.signal is not None:
            os._exit(128 + number)
        self.signal = number


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Record `STOP_SIGNALS` in the ``with`` block.

    The block reads the yielded request, so a training can stop after its current step.
    """
    request = StopRequest()
    with _handled(request.receive):
        yield request


@contextmanager
def interrupt_on_signals() -> Iterator[StopRequest]:
    """Raise KeyboardInterrupt in the ``with`` block at `STOP_SIGNALS`.

    So the block is left like at Ctrl-C, and removes its temporary files.
    """
    request = StopRequest()
    with _handled(request.interrupt):
        yield request


@contextmanager
def _handled(receive: Callable[[int, Any], None]) -> Iterator[None]:
    """Install ``receive`` for the body; ignored signals, as under ``nohup``, stay ignored."""
    handled = [number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, receive) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
