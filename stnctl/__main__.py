"""The entry point of ``stnctl``, and of ``python -m stnctl``."""

import os
import signal
import sys


def main() -> None:
    """Run the command line. A signal that comes while it loads finds nothing to clean up.

    Warnings of libraries are ignored, even if the interpreter turns them into errors. Errors in
    destructors, which Python ignores, are shown with ``--debug`` only. Pydantic looks for no
    plugins, which saves 30 ms.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, lambda number, _: os._exit(128 + number))
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    import warnings

    warnings.simplefilter("ignore")
    if "--debug" not in sys.argv:
        sys.unraisablehook = lambda _: None
    from stnctl.errors import EnvironmentFault, check_platform

    try:
        check_platform()
    except EnvironmentFault as fault:
        sys.stderr.write(f"error {fault}\n")
        sys.exit(fault.exit_code)
    from stnctl.cli import app

    app.main()


if __name__ == "__main__":
    main()
