"""Channel between the sweep and its workers on Ray: an actor beside the sweep.

It imports nothing of stnctl, so its process stays small.
"""

from collections.abc import Collection
from typing import Any

Message = tuple[str, int, int, dict[str, Any] | None]
"""Cell, number of the attempt, number of epochs, and the metrics of an epoch; None at the start."""


class Channel:
    """Actor that keeps the messages of the workers until the sweep takes them.

    If its process is lost, Ray starts it again: messages are lost, and the next call of `receive`
    restores the requests to stop.
    """

    def __init__(self) -> None:
        """Create a channel without messages and without requests to stop."""
        self._messages: list[Message] = []
        self._stops_all = False
        self._stopped: frozenset[str] = frozenset()

    def send(self, cell: str, messages: Collection[Message]) -> bool:
        """Take messages of a worker, and return whether its training must stop.

        Args:
            cell: The cell that the worker trains.
            messages: New messages.
        """
        self._messages.extend(messages)
        return self._stops_all or cell in self._stopped

    def receive(self, stops_all: bool, stopped: Collection[str]) -> list[Message]:
        """Return the messages since the last call, and take the requests to stop.

        Args:
            stops_all: Whether all trainings must stop.
            stopped: The cells whose training must stop.
        """
        self._stops_all, self._stopped = stops_all, frozenset(stopped)
        messages, self._messages = self._messages, []
        return messages
