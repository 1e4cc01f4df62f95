"""``stnctl explore``: one offline HTML page to move transformations and to watch a network."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stnctl.cli import console
from stnctl.cli.completion import complete_run
from stnctl.cli.options import Checkpoint, Data, Force, Json, RunsDir

if TYPE_CHECKING:
    from stnctl.runs.directory import RunDirectory

EXAMPLES = """\b
Examples:
  stnctl explore
  stnctl explore latest
  stnctl explore runs/stn -o stn.html --no-open
"""


def explore(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="[RUN]",
            help="A run: its path, its name, an unambiguous prefix of its name, or `latest`.",
            autocompletion=complete_run,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE.html",
            help="The page, default explorer.html in the run, or here if there is no run.",
        ),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open/--no-open", help="Open the page in a browser.")
    ] = True,
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    force: Force = False,
    json: Json = False,
) -> None:
    """Write and open a page in which transformations move and a trained network looks.

    The page is one HTML file, which works offline and sends nothing. Sliders move the numbers of a
    transformation, and U and V follow; each pixel of V shows the pixels of U that it comes from.

    With a run, the page holds its network and 200 of its test images. Draw a digit, distort it, and
    see the frame of the transformer and the answer of the network at once. The page also draws the
    loss over the angle, and the transformations of the same images in each epoch.
    """
    from stnctl.cli.results import write_then_show
    from stnctl.evaluation.run_loader import find_runs
    from stnctl.reports.explorer.explorer_page import render_explorer
    from stnctl.storage.file_sets import write_files

    found = None if run is None else find_runs([run], runs_dir)[0]
    target = _target(found, output, force=force)
    content = _run_data(found, checkpoint, data) if found else None
    page = render_explorer(content)
    document = {"run": found.name if found else None, "bytes": len(page)}
    write = partial(write_files, target.parent, {target.name: page})
    write_then_show(write, document, partial(_show, open_page=open_page), json=json)


def _target(run: "RunDirectory | None", output: Path | None, *, force: bool) -> Path:
    """Return the checked path of the page."""
    from stnctl.cli.output_paths import check_destination
    from stnctl.cli.results import check_results_folder

    if output is None and run is not None:
        check_results_folder(run, run.path)
        return run.explorer
    return check_destination(output or Path("explorer.html"), ".html", force=force)


def _run_data(run: "RunDirectory", checkpoint: str, source: str | None) -> dict[str, Any]:
    """Load the run, and return its part of the page."""
    from stnctl.cli.loading import open_runs
    from stnctl.reports.explorer.explorer_page import MAX_RUN_BYTES, render_explorer
    from stnctl.reports.explorer.network_export import export_run

    [loaded] = open_runs([run], checkpoint=checkpoint, source=source)
    room = MAX_RUN_BYTES - len(render_explorer())
    with console.progress(f"{loaded.run.name}: test", unit="images") as progress:
        return export_run(loaded, checkpoint=checkpoint, max_bytes=room, progress=progress)


def _show(paths: list[Path], *, open_page: bool) -> None:
    """Print the path of the page, and open the page if stdout is a terminal."""
    import webbrowser

    for path in paths:
        console.result(str(path))
        if open_page and sys.stdout.isatty() and not webbrowser.open(path.absolute().as_uri()):
            console.note("no browser was found: open the page yourself")
