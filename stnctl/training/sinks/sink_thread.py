"""Thread of a sink. The training never waits for it, and continues if it fails."""

import queue
import threading
from collections.abc import Callable

from stnctl.training.sinks.sink import Sink, SinkStart, Values

MAX_WAITING = 1000
"""Maximum number of epochs that wait for a slow sink. Later ones are left out."""

PATIENCE = 10.0
"""Seconds in which a sink can finish after the training."""

_MAX_TEXT = 300


class SinkThread:
    """Thread that passes the numbers of a training on to a sink.

    After the first error, the sink gets no further calls. The error is a warning.
    """

    def __init__(self, name: str, make: Callable[[], Sink], start: SinkStart) -> None:
        """Start the thread.

        Args:
            name: Name of the sink.
            make: Function that creates the sink. The thread calls it.
            start: Facts about the training.
        """
        self.name = name
        self._calls: queue.Queue[Callable[[Sink], None]] = queue.Queue(MAX_WAITING)
        self._error: str | None = None
        self._is_reported = False
        self._thread = threading.Thread(target=self._run, args=(make, start), daemon=True)
        self._thread.start()

    def write(self, epoch: int, values: Values) -> None:
        """Pass on the numbers of an epoch, without waiting."""
        self._put(lambda sink: sink.write(epoch, values))

    def close(self, status: str) -> None:
        """Close the sink, and wait up to `PATIENCE` seconds for it."""
        self._put(lambda sink: sink.close(status))
        self._put(_end)
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            self._error = self._error or f"it did not finish within {PATIENCE:g} seconds"

    def warning(self) -> str | None:
        """Return the warning about the first error, once; None without a new one."""
        if self._error is None or self._is_reported:
            return None
        self._is_reported = True
        return f"the sink {self.name} has failed, the training continues: {self._error}"

    def _put(self, call: Callable[[Sink], None]) -> None:
        try:
            self._calls.put_nowait(call)
        except queue.Full:
            self._error = self._error or f"it is {MAX_WAITING} epochs behind"

    def _run(self, make: Callable[[], Sink], start: SinkStart) -> None:
        try:
            sink = make()
            sink.open(start)
            while (call := self._calls.get()) is not _end:
                call(sink)
        except BaseException as error:  # a sink may even call `sys.exit`
            text = " ".join(f"{type(error).__name__}: {error}".split())
            self._error = text[:_MAX_TEXT]


def _end(_sink: Sink) -> None:
    """Mark the end of the calls."""
