"""Comparison of runs with its figure, from the plain files of the runs. Keras is not loaded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stnctl.errors import StnctlError
from stnctl.evaluation.file_names import file_name, short_hash
from stnctl.figures.training_curves import Training, comparison_png
from stnctl.reports.comparison import compare_runs
from stnctl.runs.alignment_record import alignment_of
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import read_epochs
from stnctl.runs.naming import run_labels
from stnctl.runs.summary import RunSummary, summarize
from stnctl.storage.file_sets import write_files
from stnctl.storage.json_files import json_bytes

STORED = {"split": "test", "checkpoint": "best", "distortion": None}
"""Description of the measurement in eval/test.json, see `compare_runs`."""


@dataclass(frozen=True)
class Comparison:
    """Comparison of runs.

    Attributes:
        document: The result of `compare_runs`.
        trainings: The curves of the runs.
        stem: Name of the files, without suffix.
    """

    document: dict[str, Any]
    trainings: tuple[Training, ...]
    stem: str

    def figure(self) -> bytes:
        """Return the curves as a PNG."""
        return comparison_png(self.trainings)


def compare(
    runs: Sequence[RunDirectory],
    *,
    measured: Mapping[str, Any] = STORED,
    reports: Sequence[Mapping[str, Any]] | None = None,
) -> Comparison:
    """Return the comparison of runs. Files that can't be read leave their values unknown.

    Args:
        runs: One or more runs.
        measured: Description of the measurement of the test results, see `compare_runs`.
        reports: The report of the evaluation of each run, see
            `stnctl.evaluation.run_evaluation.Evaluation`; None for the current results in the
            folders eval of the runs.
    """
    summaries = [summarize(run) for run in runs]
    if reports is not None:
        summaries = [
            _with_results(summary, report)
            for summary, report in zip(summaries, reports, strict=True)
        ]
    document = compare_runs(summaries, run_labels(runs), measured)
    if reports is not None:
        document["evaluations"] = list(reports)
    trainings = tuple(
        Training(row["group"], _epochs(run))
        for run, row in zip(runs, document["runs"], strict=True)
    )
    return Comparison(document, trainings, _stem(runs, measured))


def write_comparison(folder: Path, comparison: Comparison) -> list[Path]:
    """Write the document and the curves as files STEM.json and STEM.png in a folder.

    Either both files are written, or none.

    Args:
        folder: The folder; it is created if it does not exist.
        comparison: The comparison, which has the STEM.

    Returns:
        The paths of STEM.json and STEM.png.

    Raises:
        EnvironmentFault: If a file can't be written.
    """
    stem, document = comparison.stem, json_bytes(comparison.document)
    return write_files(folder, {f"{stem}.json": document, f"{stem}.png": comparison.figure()})


def _with_results(summary: RunSummary, report: Mapping[str, Any]) -> RunSummary:
    return replace(
        summary,
        test_error=1 - report["accuracy"],
        test_loss=report["loss"],
        alignment=alignment_of(report),
    )


def _epochs(run: RunDirectory) -> list[dict[str, Any]]:
    try:
        return read_epochs(run)
    except StnctlError:
        return []


def _stem(runs: Sequence[RunDirectory], measured: Mapping[str, Any]) -> str:
    """Return a file name, without suffix, for the runs and the measurement.

    A hash of the paths distinguishes runs of the same name.
    """
    words = ["compare"]
    words += [measured["distortion"].strip("{[ ]}") or "none"] if measured["distortion"] else []
    words += ["last"] if measured["checkpoint"] == "last" else []
    if others := runs[1:]:
        paths = "\n".join(str(run.path.resolve()) for run in others)
        words += ["with", *(run.name for run in others), short_hash(paths)]
    return file_name(words)
