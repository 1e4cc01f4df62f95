"""``stnctl export``: the model of a run in the format of another program."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stnctl.cli import console
from stnctl.cli.options import Checkpoint, Data, Force, Json, Run, RunsDir, choice_option
from stnctl.config.choices import EXPORT_FORMATS

if TYPE_CHECKING:
    from stnctl.runs.directory import RunDirectory

EXAMPLES = """\b
Examples:
  stnctl export latest --format onnx
  stnctl export stn-rts --format saved_model -o serving/1
"""


def export(
    run: Run,
    format_name: Annotated[
        str, choice_option("--format", EXPORT_FORMATS, "Format of the exported model.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Folder, default exports/FORMAT in the run."
        ),
    ] = None,
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    force: Force = False,
    json: Json = False,
) -> None:
    """Export the model of a run.

    The model maps images (B, H, W, C), as the network receives them, to logits (B, classes). A
    fresh process reads the exported model and computes the logits of 64 test images. They may
    differ from those of the run by 0.00001, relative to the largest logit if that is above 1;
    otherwise nothing is written. The file export.json has the range of the input, the names of the
    classes and the largest difference.

    The format keras needs stnctl to be read; the others do not. The formats onnx and litert need
    further packages: pip install "stnctl[onnx]" or "stnctl[litert]".
    """
    from stnctl.cli.loading import open_runs
    from stnctl.evaluation.run_export import export_run
    from stnctl.evaluation.run_loader import find_runs
    from stnctl.models.exports.formats import FORMATS

    [found] = find_runs([run], runs_dir)
    folder = _folder(found, format_name, output, force=force)
    [loaded] = open_runs([found], checkpoint=checkpoint, source=data)
    document = export_run(loaded, format_name, folder, checkpoint=checkpoint)
    file = folder / FORMATS[format_name].file
    if json:
        console.result_json({**document, "folder": str(folder)})
        return
    console.note(
        f"note  logits of {document['num_compared']} test images differ by at most "
        f"{document['largest_difference']:.1e}"
    )
    console.result(str(file))


def _folder(run: "RunDirectory", format_name: str, output: Path | None, *, force: bool) -> Path:
    """Return the checked folder of the exported model."""
    from stnctl.cli.output_paths import check_folder
    from stnctl.cli.results import check_results_folder
    from stnctl.evaluation.run_export import DOCUMENT

    if output is None:
        check_results_folder(run, run.exports)
        return run.exports / format_name
    check_folder(output, DOCUMENT, force=force)
    return output
