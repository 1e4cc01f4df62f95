"""Feed bad inputs to each reader, and report the results.

    python -m tests.fuzz

exits with 1 if an input ends in anything but a value or a StnctlError, takes more than 10 s, or
grows the process by more than 500 MB. Input K of a target is always the same: repeat it with
--target NAME --only K.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.reports import write_table
from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import Outcome, replay, watch

PAGE = Path(__file__).resolve().parents[2] / "docs" / "results" / "fuzz.md"
OUT = Path(tempfile.gettempdir()) / "stnctl-fuzz"
BEGIN = "<!-- fuzz -->"
HEAD = (
    "| target | inputs | accepted | rejected | different errors | failed | slowest ms | peak MB |",
    "|---|---|---|---|---|---|---|---|",
)


def main() -> None:
    """Run the targets one after another."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs of each target")
    parser.add_argument("--target", choices=TARGETS, action="append", help="only this target")
    parser.add_argument("--only", type=int, metavar="K", help="only this input, with its traceback")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for failed inputs")
    parser.add_argument("--kinds", action="store_true", help="list the different errors")
    parser.add_argument("--write", action="store_true", help="write the rows into docs/results")
    options = parser.parse_args()
    targets = options.target or list(TARGETS)
    if options.only is not None:
        for name in targets:
            replay(name, options.only, options.out)
        return
    sys.stdout.write("\n".join(HEAD) + "\n")
    outcomes = [report(watch(name, options.inputs, options.out), options) for name in targets]
    if options.write:
        rows = updated_rows(PAGE.read_text(encoding="utf-8"), outcomes)
        write_table(PAGE, BEGIN, "\n".join((*HEAD, *rows)) + "\n")
    sys.exit(any(outcome.failures for outcome in outcomes))


def report(outcome: Outcome, options: argparse.Namespace) -> Outcome:
    """Print the outcome of a target, and return it."""
    lines = [row(outcome)]
    lines += [
        f"FAILED {outcome.target} {k}: {what} (in {options.out / f'{outcome.target}-{k}'})"
        for k, what in outcome.failures
    ]
    if options.kinds:
        lines += [f"{count:8} {kind}" for kind, count in outcome.kinds.most_common()]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return outcome


def updated_rows(page: str, outcomes: Sequence[Outcome]) -> list[str]:
    """Return the rows of the table of a page, where those of the outcomes are replaced or added."""
    rows = {line.split()[1]: line for line in page.splitlines() if line.startswith("| ")}
    rows |= {outcome.target: row(outcome) for outcome in outcomes}
    return [rows[name] for name in TARGETS if name in rows]


def row(outcome: Outcome) -> str:
    """Return the row of the table."""
    cells = (
        outcome.target,
        *(f"{count:,}" for count in (outcome.inputs, outcome.accepted, outcome.rejected)),
        *(f"{len(found):,}" for found in (outcome.kinds, outcome.failures)),
        f"{outcome.slowest * 1000:.0f}",
        f"{outcome.megabytes:.0f}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
