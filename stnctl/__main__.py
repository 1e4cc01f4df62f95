"""The entry point of ``stnctl``, and of ``python -m stnctl``."""

import os
import signal


def main() -> None:
    """Run the command line. A signal that comes while it loads finds nothing to clean up."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda number, _: os._exit(128 + number))
    from stnctl.cli import app

    app.main()


if __name__ == "__main__":
    main()
