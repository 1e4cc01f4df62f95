"""Helpers of the benchmarks that train: run commands, and write tables into pages."""

import subprocess
import sys
from pathlib import Path

END = "<!-- end -->"


def stnctl(*arguments: str) -> str:
    """Run a command of stnctl, and return its stdout; raise if it fails."""
    line = [sys.executable, "-m", "stnctl", *arguments]
    return subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603


def write_table(page: Path, begin: str, text: str) -> None:
    """Put ``text`` into a page, between the mark ``begin`` and `END`."""
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{begin}\n{text}{END}{after}", encoding="utf-8")
