"""Measurement of several runs, with progress and one line for each run."""

from collections.abc import Sequence

from stnctl.cli import console
from stnctl.cli.loading import open_runs
from stnctl.cli.results import check_results_folder
from stnctl.evaluation.robustness import DistortionOverride
from stnctl.evaluation.run_evaluation import Evaluation, evaluate_run, write_evaluation
from stnctl.evaluation.sweep_report import comparison_notes
from stnctl.runs.directory import RunDirectory
from stnctl.runs.summary import summarize


def measure_missing(runs: Sequence[RunDirectory], *, source: str | None) -> None:
    """Measure the runs that have a best checkpoint and no current result of it on the test split.

    Args:
        runs: The runs.
        source: New location of the data of the runs, if it was moved.

    Raises:
        StnctlError: If a run can't be loaded, or its results can't be written.
    """
    summaries = [summarize(run) for run in runs]
    missing = [
        run
        for run, summary in zip(runs, summaries, strict=True)
        if summary.test_error is None and summary.best_epoch is not None
    ]
    if missing:
        measure_runs(missing, source=source)


def measure_runs(
    runs: Sequence[RunDirectory],
    *,
    checkpoint: str = "best",
    override: DistortionOverride | None = None,
    source: str | None = None,
) -> list[Evaluation]:
    """Measure runs on the test split, and write the results of each run to its folder eval.

    Args:
        runs: One or more runs.
        checkpoint: "best" or "last".
        override: Distortion that replaces those of the runs, or None.
        source: New location of the data of the runs, if it was moved.

    Raises:
        StnctlError: If a run can't be loaded or measured, or its results can't be written.
    """
    for run in runs:
        check_results_folder(run, run.eval)
    loaded_runs = open_runs(runs, checkpoint=checkpoint, source=source)
    for note in comparison_notes(loaded_runs, "test"):
        console.note(f"note  {note}")
    evaluations = []
    for loaded in loaded_runs:
        with console.progress(loaded.run.name, unit="images") as progress:
            evaluation = evaluate_run(
                loaded, split="test", checkpoint=checkpoint, override=override, progress=progress
            )
        if evaluation.note:
            console.note(f"note  {evaluation.note}")
        write_evaluation(loaded.run.eval, evaluation)
        metrics, seconds = evaluation.metrics, evaluation.report["seconds"]
        console.note(
            f"{loaded.run.name}  {evaluation.subject}  accuracy {metrics.accuracy:.4f}  "
            f"loss {metrics.loss:.4f}  {seconds:.1f} s"
        )
        evaluations.append(evaluation)
    return evaluations
