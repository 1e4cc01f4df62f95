"""Kill a training 50 times at random moments, resume it each time, and compare the bits.

    python -m benchmarks.chaos

writes docs/results/chaos.json, and the table in docs/results/chaos.md.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.reports import write_table
from stnctl.runs.checkpoint_reader import read_pointer
from stnctl.runs.directory import RunDirectory
from tests.faults.chaos import CONFIG, Kill, finish, kill, outcome, train

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
BEGIN = "<!-- chaos -->"
LONG = ("train.epochs=80", "train.patience=15")


def main() -> None:
    """Train once in peace and once under fire, and write what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), options.kills, options.seed)
    document = json.dumps(result, indent=1) + "\n"
    (RESULTS / "chaos.json").write_text(document, encoding="utf-8")
    write_table(RESULTS / "chaos.md", BEGIN, table(result))
    sys.exit(not result["same"] or len(result["kills"]) < options.kills)


def measure(folder: Path, num_kills: int, seed: int) -> dict[str, Any]:
    """Return the kills, and what both trainings left."""
    config = folder / "chaos.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    whole, cut = (RunDirectory(folder / name) for name in ("whole", "cut"))
    clock = time.monotonic()
    finish(train(config, whole, *LONG))
    seconds = time.monotonic() - clock

    draw, kills = random.Random(seed), []  # noqa: S311 - no secret
    while len(kills) < num_kills:
        done = kill(train(config, cut, *LONG), cut, draw)
        if done is None:
            break
        kills.append(done)
        sys.stderr.write(f"kill {len(kills)}: {done}\n")
    finish(train(config, cut, *LONG))
    return describe(whole, cut, kills, seconds)


def describe(
    whole: RunDirectory, cut: RunDirectory, kills: list[Kill], seconds: float
) -> dict[str, Any]:
    """Return the result as plain data."""
    expected, found = outcome(whole), outcome(cut)
    return {
        "kills": [asdict(each) for each in kills],
        "seconds_uninterrupted": seconds,
        "last": {key: read_pointer(cut, "last")[key] for key in ("epoch", "step")},
        "best": {key: read_pointer(cut, "best")[key] for key in ("epoch", "step")},
        "sha256": {"uninterrupted": expected, "killed": found},
        "same": expected == found,
    }


def table(result: dict[str, Any]) -> str:
    """Return the result in Markdown."""
    kills, shas = result["kills"], result["sha256"]
    places = Counter(each["where"] for each in kills)
    lines = [
        f"{len(kills)} kills: {places['steps']} in steps or a validation, {places['commit']} while "
        f"a commit was written, {places['row']} between an epoch's row and its commit, "
        f"{places['start']} before the command had committed anything.",
        f"The training stopped early after epoch {result['last']['epoch']}, step "
        f"{result['last']['step']:,}, with its best epoch {result['best']['epoch']}; uninterrupted "
        f"it took {result['seconds_uninterrupted']:.0f} s. A killed command lived "
        f"{statistics.median(each['seconds'] for each in kills):.1f} s (median).",
        "",
        "| file | uninterrupted | killed | the same |",
        "|---|---|---|---|",
    ]
    for file, sha in shas["uninterrupted"].items():
        other = shas["killed"].get(file)
        lines.append(
            f"| {file} | {sha[:16]} | {(other or 'missing')[:16]} | "
            f"{'yes' if sha == other else '**no**'} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
