"""Files and console output of ``stnctl warp``."""

import shutil
from pathlib import Path

from stnctl.cli import console
from stnctl.cli.output_paths import real_path
from stnctl.cli.warp_outputs import STDOUT, Outputs, output_suffix
from stnctl.data.image_files.image_writer import encode_image
from stnctl.storage.atomic import atomic_write
from stnctl.warping.warp_document import document_lines
from stnctl.warping.warp_job import WarpJob

_WIDEST_DRAWING = 160
"""Maximum width of a drawing of U and V in the terminal, in columns."""


def render(job: WarpJob, outputs: Outputs) -> None:
    """Make all outputs in memory, then write the files and print the report.

    Args:
        job: The planned warp.
        outputs: The requested outputs.

    Raises:
        UsageError: If an option does not fit the image, or an output path is not valid.
        EnvironmentFault: If a file can't be written.
    """
    document = job.document
    destination = outputs.destination(job.source, job.image.mode)
    files = _make_files(job, outputs, destination)
    columns = min(shutil.get_terminal_size().columns, _WIDEST_DRAWING)
    stream = console.out() if outputs.stdout_is_free else console.err()
    drawing = job.drawing(columns, console.drawing_style(stream)) if outputs.show else None
    for text in (*job.notes, outputs.profile_note(job.image, destination)):
        if text:
            console.note(f"note  {text}")
    for path, data in files.items():
        if path == STDOUT:
            console.result_bytes(data)
        else:
            atomic_write(real_path(path), data)
    if drawing:
        _say(drawing, outputs, styled=True)
    if outputs.json:
        written = {"output": destination, "figure": outputs.figure, "animation": outputs.animate}
        named = {name: str(path) if path else None for name, path in written.items()}
        console.result_json(document | named)
    else:
        paths = [str(path) for path in files if path != STDOUT]
        _say("\n".join([*document_lines(document), *paths]), outputs)


def _make_files(job: WarpJob, outputs: Outputs, destination: Path | None) -> dict[Path, bytes]:
    """Return the content of each file to write."""
    files = {}
    if destination is not None:
        with console.slow_progress("warping") as progress:
            V = job.output_map(progress)
        suffix = output_suffix(destination)
        files[destination] = encode_image(V, job.image.mode, suffix, job.image.profile)
    if outputs.figure:
        files[outputs.figure] = job.figure(outputs.figure.suffix.lower())
    if outputs.animate:
        with console.slow_progress("animating") as progress:
            files[outputs.animate] = job.animation(progress)
    return files


def _say(text: str, outputs: Outputs, *, styled: bool = False) -> None:
    """Print on stdout, or on stderr if stdout carries V or JSON."""
    say = console.result if outputs.stdout_is_free else console.note
    say(text, styled=styled)
