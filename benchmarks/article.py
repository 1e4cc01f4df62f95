"""The article's experiments, repeated: docs/results/article.json, and the tables in article.md.

    python -m benchmarks.article --data PATH/mnist.npz

Every experiment runs with three seeds, ten epochs, batch size 32, all 60,000 training images, and
is evaluated after its last epoch on the 10,000 test images, as in the article: no epoch is
selected. Finished runs are read and interrupted runs are resumed, so the command can be repeated.
It takes about 80 minutes on two CPU cores.
"""

import argparse
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.reports import stnctl, write_table

SEEDS = (0, 1, 2)
ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "docs" / "results"
BEGIN = "<!-- made by benchmarks/article.py -->"


@dataclass(frozen=True)
class Experiment:
    """One row of the table."""

    name: str
    title: str
    config: str
    article: str
    settings: tuple[str, ...] = ()


RAW = ("data.pixels=raw",)

EXPERIMENTS = (
    Experiment("cnn", "CNN", "cnn", "-"),
    Experiment("stn", "identity STN", "stn", "-"),
    Experiment("naive", "naive STN", "stn_naive", "-"),
    Experiment("naive-raw", "naive STN, raw pixels", "stn_naive", "91.12", RAW),
    Experiment("cnn-raw", "CNN, raw pixels", "cnn", "98.01", RAW),
    Experiment("stn-raw", "identity STN, raw pixels", "stn", "98.13", RAW),
)


def main() -> None:
    """Train the missing runs, then write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", required=True, help="mnist, or the path of mnist.npz")
    parser.add_argument("--runs-dir", type=Path, default=ROOT / "runs")
    options = parser.parse_args()
    for experiment in EXPERIMENTS:
        for seed in SEEDS:
            run(experiment, seed, options.data, options.runs_dir)
    results = [collect(experiment, options.runs_dir) for experiment in EXPERIMENTS]
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "article.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    write_table(RESULTS / "article.md", BEGIN, tables(results))


def run(experiment: Experiment, seed: int, data: str, runs_dir: Path) -> None:
    """Train one experiment with one seed, unless the run is finished."""
    name = f"article-{experiment.name}-{seed}"
    if (runs_dir / name / "model.keras").exists():
        return
    if (runs_dir / name).exists():
        stnctl("train", "--resume", name, "--runs-dir", str(runs_dir))
        return
    settings = (f"data.source={data}", "data.validation=test", *experiment.settings)
    stnctl(
        "train",
        str(ROOT / "configs" / f"{experiment.config}.yaml"),
        *("--name", name, "--seed", str(seed), "--runs-dir", str(runs_dir)),
        *(part for setting in settings for part in ("--set", setting)),
    )


def collect(experiment: Experiment, runs_dir: Path) -> dict[str, Any]:
    """Return the results of an experiment over its seeds."""
    folders = [runs_dir / f"article-{experiment.name}-{seed}" for seed in SEEDS]
    runs = [[json.loads(line) for line in _lines(folder / "metrics.jsonl")] for folder in folders]
    times = [json.loads(line) for folder in folders for line in _lines(folder / "times.jsonl")]
    last = [100 * rows[-1]["validation_accuracy"] for rows in runs]
    return {
        "experiment": experiment.title,
        "config": f"configs/{experiment.config}.yaml",
        "settings": experiment.settings,
        "article": experiment.article,
        "num_params": _num_params(folders[0]),
        "accuracy_percent": last,
        "mean": statistics.mean(last),
        "std": statistics.stdev(last),
        "seconds_per_epoch": min(row["seconds"] for row in times),
        "curves": [[100 * row["validation_accuracy"] for row in rows] for rows in runs],
        "thetas": [summarize_thetas(folder) for folder in folders],
    }


def summarize_thetas(folder: Path) -> dict[str, list[float]] | None:
    """Return mean and std of theta (6,) over the first 100 test images; None for a plain CNN."""
    indices = ",".join(map(str, range(100)))
    arguments = ("inspect", str(folder), "--index", indices, "--checkpoint", "last", "--json")
    items = json.loads(stnctl(*arguments))["items"]
    if items[0]["theta"] is None:
        return None
    columns = list(zip(*(item["theta"] for item in items), strict=True))
    return {
        "mean": [statistics.mean(column) for column in columns],
        "std": [statistics.pstdev(column) for column in columns],
    }


def tables(results: Sequence[dict[str, Any]]) -> str:
    """Return the results as two Markdown tables: accuracies, and theta after the training."""
    lines = [
        "| experiment | the article | ours, mean ± std | seeds 0, 1, 2 | parameters | s/epoch |",
        "|---|---|---|---|---|---|",
    ]
    for row in results:
        seeds = ", ".join(f"{accuracy:.2f}" for accuracy in row["accuracy_percent"])
        lines.append(
            f"| {row['experiment']} | {row['article']} | **{row['mean']:.2f} ± {row['std']:.2f}** "
            f"| {seeds} | {row['num_params']:,} | {row['seconds_per_epoch']:.0f} |"
        )
    lines += ["", "| run | accuracy | theta, mean ± std |", "|---|---|---|"]
    for row in results:
        for seed, (accuracy, thetas) in enumerate(
            zip(row["accuracy_percent"], row["thetas"], strict=True)
        ):
            if thetas:
                name = f"{row['experiment']}, seed {seed}"
                lines.append(f"| {name} | {accuracy:.2f} | {_mean_and_std(thetas)} |")
    return "\n".join(lines) + "\n"


def _mean_and_std(thetas: dict[str, list[float]]) -> str:
    pairs = zip(thetas["mean"], thetas["std"], strict=True)
    return ", ".join(f"{mean:.2f} ± {std:.2f}" for mean, std in pairs)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _num_params(folder: Path) -> int:
    checkpoint = max((folder / "checkpoints").glob("step-*"))
    arrays = json.loads((checkpoint / "meta.json").read_text(encoding="utf-8"))["arrays"]
    shapes = [value["shape"] for name, value in arrays.items() if name.startswith("model/")]
    return sum(_product(shape) for shape in shapes)


def _product(shape: Sequence[int]) -> int:
    size = 1
    for side in shape:
        size *= side
    return size


if __name__ == "__main__":
    main()
