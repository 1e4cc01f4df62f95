"""``stnctl eval``: numbers about a run, and curves of several."""

from pathlib import Path
from typing import Annotated

import typer

from stnctl.cli import console
from stnctl.cli.options import Checkpoint, Data, Json, RunsDir, Split
from stnctl.errors import UsageError

EXAMPLES = """\b
Examples:
  stnctl eval latest
  stnctl eval runs/x --split validation --json
  stnctl eval runs/x --distortion RTS
  stnctl eval runs/x --distortion '{set: R, rotation: [-30, 30]}'
  stnctl eval runs/cnn runs/stn --sweep rotation=-180:180:15
"""


def evaluate(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN",
            help="A run: its path, its name, an unambiguous start of its name, or `latest`. "
            "With --sweep there may be several.",
        ),
    ],
    distortion: Annotated[
        str | None,
        typer.Option(
            "--distortion",
            metavar="SET",
            help="Distort the images in another way than the run did: what `data.distortion` may "
            "say, such as `none`, `R`, or a list of steps.",
        ),
    ] = None,
    sweep: Annotated[
        str | None,
        typer.Option(
            "--sweep",
            metavar="NAME=LOW:HIGH:STEP",
            help="Draw the error over values of `rotation` (degrees), `scale` (factor), `shift`, "
            "`corner_std` or `elastic_std` (pixels). Also NAME=V1,V2,...; they are sorted.",
        ),
    ] = None,
    split: Split = "test",
    checkpoint: Checkpoint = "best",
    data: Data = None,
    runs_dir: RunsDir = Path("runs"),
    json: Json = False,
) -> None:
    """Measure a run: loss, accuracy, confusion matrix.

    Prints them with precision and recall of each class, and writes RUN/eval/SPLIT.json and
    RUN/eval/SPLIT.png; with --checkpoint last, SPLIT-last.json and SPLIT-last.png; with
    --distortion R, SPLIT-R.json and SPLIT-R.png. A network's canvas stays as it is, also under
    another distortion.

    With --sweep, one number is what is done to every image and nothing else, and the error is
    drawn over its values. The curves of all runs are in one table and one picture, and go to
    RUN/eval of the first run: sweep-NAME.json and sweep-NAME.png, of several runs
    sweep-NAME-with-OTHERS-HASH, where HASH tells apart runs of the same names. After NAME come
    the split if it is not the test, and `last` if these weights were measured.
    """
    _check(runs, distortion, sweep)
    from stnctl.cli.eval_arguments import parse_distortion, parse_sweep
    from stnctl.cli.loading import open_runs

    other = None if distortion is None else parse_distortion(distortion)
    swept = None if sweep is None else parse_sweep(sweep)
    loaded = open_runs(runs, runs_dir, checkpoint=checkpoint, source=data)
    if swept:
        from stnctl.cli.eval_sweep import evaluate_sweep

        evaluate_sweep(loaded, swept, split=split, checkpoint=checkpoint, json=json)
        return
    from stnctl.cli.eval_run import evaluate_run

    evaluate_run(loaded[0], split=split, checkpoint=checkpoint, other=other, json=json)
    if not json and not other:
        console.next_steps([console.command("stnctl", "inspect", loaded[0].run.path, "--bad", 9)])


def _check(runs: list[str], distortion: str | None, sweep: str | None) -> None:
    if distortion is not None and sweep is not None:
        raise UsageError(
            "--distortion and --sweep exclude each other: a sweep does one thing and nothing else"
        )
    if len(runs) > 1 and sweep is None:
        raise UsageError(
            f"expected one RUN, got {len(runs)}: {', '.join(runs)}",
            hint="several runs are compared by --sweep, such as --sweep rotation=-180:180:15",
        )
