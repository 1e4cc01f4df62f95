"""Kill trainings at random moments on each backend, resume them, and compare their files.

    python -m benchmarks.chaos

writes docs/results/chaos.json, and the tables in docs/results/chaos.md.
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
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.reports import write_table
from stnctl.runs.directory import RunDirectory
from stnctl.runs.pointers import read_pointer
from tests.faults import chaos
from tests.faults.chaos import Kill, file_digests, finish, kill_at_random

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
BEGIN = "<!-- chaos -->"
NUM_KILLS = {"tensorflow": 50, "jax": 20, "torch": 20}
"""Keras backend -> number of kills."""

EPOCHS = {"tensorflow": 80, "jax": 12, "torch": 12}
"""Keras backend -> number of epochs, enough for all kills."""

PATIENCE = 15

TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


def main() -> None:
    """Train once without and once with kills on each backend, and write the comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", action="append", choices=list(NUM_KILLS))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    file = RESULTS / "chaos.json"
    results = json.loads(file.read_text(encoding="utf-8"))
    for backend in options.backend or NUM_KILLS:
        with tempfile.TemporaryDirectory() as folder:
            results[backend] = measure(Path(folder), backend, options.seed)
        file.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        write_table(RESULTS / "chaos.md", BEGIN, "\n".join(map(table, results, results.values())))
    sys.exit(not all(result["same"] for result in results.values()))


def measure(folder: Path, backend: str, seed: int) -> dict[str, Any]:
    """Return the kills, and the digests of both trainings."""
    config = folder / "chaos.yaml"
    config.write_text(chaos.CONFIG, encoding="utf-8")
    finished, killed = (RunDirectory(folder / name) for name in ("finished", "killed"))
    process = partial(chaos.start_process, backend=backend)
    long = (f"train.epochs={EPOCHS[backend]}", f"train.patience={PATIENCE}")
    start = partial(chaos.train, config, start=process)
    clock = time.monotonic()
    finish(start(finished, *long))
    seconds = time.monotonic() - clock

    rng = random.Random(seed)  # noqa: S311 - no secret
    kills: list[Kill] = []
    while len(kills) < NUM_KILLS[backend]:
        kill = kill_at_random(start(killed, *long), killed, rng)
        if kill is None:
            raise RuntimeError(f"the training on {backend} ended after {len(kills)} kills")
        kills.append(kill)
        sys.stderr.write(f"{backend}, kill {len(kills)}: {kill}\n")
    finish(start(killed, *long))
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


def table(backend: str, result: dict[str, Any]) -> str:
    """Return the result of a backend in Markdown."""
    kills, shas = result["kills"], result["sha256"]
    places = Counter(each["where"] for each in kills)
    lines = [
        f"## {TITLES[backend]}",
        "",
        f"{len(kills)} kills: {places['steps']} in steps or a validation, {places['checkpoint']} "
        f"while a checkpoint was saved, {places['row']} between an epoch's row and its checkpoint, "
        f"{places['start']} before the first checkpoint of the command.",
        f"The training stopped after epoch {result['last']['epoch']}, step "
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
