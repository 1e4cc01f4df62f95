"""CNN and transformer on distorted MNIST: docs/results/distorted.json and distorted.md.

    python -m benchmarks.distorted

Trains each config for ten epochs with one seed, and evaluates the epoch with the best validation
accuracy on the 10,000 test images. Finished runs are read and interrupted runs are resumed, so the
command can be repeated. It takes about an hour on two CPU cores.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reports import stnctl, write_table

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results"
BEGIN = "<!-- made by benchmarks/distorted.py -->"


@dataclass(frozen=True)
class Row:
    """One distortion set: the configs of both networks, and the paper's errors in %."""

    title: str
    cnn: str
    stn: str
    paper: tuple[str, str] = ("-", "-")


ROWS = (
    Row("clean", "base_cnn", "base_stn"),
    Row("R", "cnn_r", "stn_r", ("1.2", "0.7")),
    Row("RTS", "cnn_rts", "stn_rts", ("0.8", "0.5")),
    Row("P", "cnn_p", "stn_p", ("1.5", "0.8")),
    Row("E", "cnn_e", "stn_e", ("1.4", "1.2")),
    Row("TC", "cnn_tc", "stn_tc", ("3.5", "1.7")),
)
ADDITION = "stn_addition"


def main() -> None:
    """Train the missing runs, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="mnist", help="mnist, or the path of mnist.npz")
    parser.add_argument("--runs-dir", type=Path, default=ROOT / "runs" / "distorted")
    options = parser.parse_args()
    stems = [stem for row in ROWS for stem in (row.cnn, row.stn)]
    results = {stem: evaluate(stem, options.data, options.runs_dir) for stem in (*stems, ADDITION)}
    document = json.dumps(results, indent=1) + "\n"
    (RESULTS / "distorted.json").write_text(document, encoding="utf-8")
    write_table(RESULTS / "distorted.md", BEGIN, table(results))


def evaluate(stem: str, data: str, runs_dir: Path) -> dict[str, Any]:
    """Return the results of a config; train it first, unless its run is finished."""
    folder = runs_dir / stem
    if not (folder / "model.keras").exists():
        train(stem, data, folder)
    report = json.loads(stnctl("eval", str(folder), "--json"))
    rows, times = (read_lines(folder / f"{name}.jsonl") for name in ("metrics", "times"))
    return {
        "config": f"configs/{stem}.yaml",
        "error_percent": report["error_percent"],
        "epoch": report["epoch"],
        "seconds_per_epoch": min(row["seconds"] for row in times),
        "validation_error_percent": [100 * (1 - row["validation_accuracy"]) for row in rows],
    }


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def train(stem: str, data: str, folder: Path) -> None:
    """Train a config, or resume its run."""
    if folder.exists():
        stnctl("train", "--resume", str(folder))
        return
    config = ROOT / "configs" / f"{stem}.yaml"
    place = ("--runs-dir", str(folder.parent), "--name", stem)
    stnctl("train", str(config), *place, "--set", f"data.source={data}")


def table(results: dict[str, dict[str, Any]]) -> str:
    """Return the errors as a Markdown table."""
    lines = [
        "| set | CNN, error % | STN, error % | CNN / STN | paper: CNN | paper: ST-CNN | "
        "CNN, s/epoch | STN, s/epoch |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [_line(row, results[row.cnn], results[row.stn]) for row in ROWS]
    added = results[ADDITION]
    lines.append(
        f"| addition | - | {added['error_percent']:.2f} | - | 14.7 | 9.0 | - "
        f"| {added['seconds_per_epoch']:.0f} |"
    )
    return "\n".join(lines) + "\n"


def _line(row: Row, cnn: dict[str, Any], stn: dict[str, Any]) -> str:
    cells: Sequence[str] = (
        row.title,
        f"{cnn['error_percent']:.2f}",
        f"{stn['error_percent']:.2f}",
        f"{cnn['error_percent'] / stn['error_percent']:.1f}",
        *row.paper,
        f"{cnn['seconds_per_epoch']:.0f}",
        f"{stn['seconds_per_epoch']:.0f}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
