"""Runs the command line: ``python -m stnctl``."""

from stnctl.cli.app import main

if __name__ == "__main__":
    main()
