"""Console of Rich for terminals on which a training may run for hours."""

import os

from rich.console import Console, ConsoleDimensions


class TerminalConsole(Console):
    """A console that keeps the cursor and knows the size of its own terminal.

    The cursor stays visible in a live display, so a killed or suspended process does not leave a
    terminal without a cursor.
    """

    def show_cursor(self, show: bool = True) -> bool:
        """Do nothing."""
        return False

    @property  # type: ignore[misc]  # it is never set
    def size(self) -> ConsoleDimensions:
        """Size of the terminal of the stream.

        Rich measures the descriptors 0 to 2, but a training moves descriptor 2 to its log.
        """
        known = super().size
        try:
            own = os.get_terminal_size(self.file.fileno())
        except (OSError, ValueError):
            return known
        return ConsoleDimensions(
            self._width or own.columns or known.width, self._height or own.lines or known.height
        )
