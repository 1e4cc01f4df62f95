"""Kill a training 50 times at random moments, resume it each time, and compare its files.

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
from tests.faults.chaos import CONFIG, Kill, file_digests, finish, kill_at_random, train

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
BEGIN = "<!-- chaos -->"
LONG = ("train.epochs=80", "train.patience=15")


def main() -> None:
    """Train once without and once with kills, and write the comparison."""
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
    """Return the kills, and the digests of both trainings."""
    config = folder / "chaos.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    finished, killed = (RunDirectory(folder / name) for name in ("finished", "killed"))
    clock = time.monotonic()
    finish(train(config, finished, *LONG))
    seconds = time.monotonic() - clock

    rng = random.Random(seed)  # noqa: S311 - no secret
    kills: list[Kill] = []
    while len(kills) < num_kills:
        kill = kill_at_random(train(config, killed, *LONG), killed, rng)
        if kill is None:
            break
        kills.append(kill)
        sys.stderr.write(f"kill {len(kills)}: {kill}\n")
    finish(train(config, killed, *LONG))
    return describe(finished, killed, kills, seconds)


def describe(
    finished: RunDirectory, killed: RunDirectory, kills: list[Kill], seconds: float
) -> dict[str, Any]:
    """Return the result as plain data."""
    expected, found = file_digests(finished), file_digests(killed)
    return {
        "kills": [asdict(each) for each in kills],
        "seconds_uninterrupted": seconds,
        "last": {key: read_pointer(killed, "last")[key] for key in ("epoch", "step")},
        "best": {key: read_pointer(killed, "best")[key] for key in ("epoch", "step")},
        "sha256": {"uninterrupted": expected, "killed": found},
        "same": expected == found,
    }


def table(result: dict[str, Any]) -> str:
    """Return the result in Markdown."""
    kills, shas = result["kills"], result["sha256"]
    places = Counter(each["where"] for each in kills)
    lines = [
        f"{len(kills)} kills: {places['steps']} in steps or a validation, {places['checkpoint']} "
        f"while a checkpoint was saved, {places['row']} between an epoch's row and its checkpoint, "
        f"{places['start']} before the first checkpoint of the command.",
        f"The training stopped early after epoch {result['last']['epoch']}, step "
        f"{result['last']['step']:,}; its best epoch is {result['best']['epoch']}. Without kills "
        f"it took {result['seconds_uninterrupted']:.0f} s. A killed command ran for "
        f"{statistics.median(each['seconds'] for each in kills):.1f} s (median).",
        "",
        "| file | uninterrupted | killed | equal |",
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
