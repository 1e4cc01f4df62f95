"""The same validation images through the training, from the snapshots of a run.

V is sampled again with the theta of each snapshot. Keras is not loaded.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from stnctl.config.messages import shorten
from stnctl.data.split_view import EpochExamples
from stnctl.errors import InputError
from stnctl.evaluation.file_names import file_name
from stnctl.figures.epoch_strip import EpochRow, epoch_strip_png
from stnctl.figures.example_grids import shade_limits
from stnctl.figures.pair_animation import MAX_EXAMPLES, PairFrame, pairs_gif
from stnctl.inspection.composed_outlines import composed_outlines
from stnctl.inspection.displacement import displacements
from stnctl.inspection.examples import TransformerMaps, sum_terms
from stnctl.inspection.inspected_example import format_sum
from stnctl.inspection.sampled_maps import sampled_maps
from stnctl.models.job import Job
from stnctl.runs.directory import RunDirectory
from stnctl.runs.snapshots import Snapshots, read_snapshots
from stnctl.storage.json_files import json_bytes

SPLIT = "validation"
EPOCHS_FOLDER = file_name([SPLIT, "epochs"])

MAX_COLUMNS = 10
"""Maximum number of epochs in the strip."""

MAX_NAME = 10
"""Maximum number of characters of the name of a class below an image."""

MAX_FRAMES = 60
"""Maximum number of epochs in the animation."""

_SECONDS, _SLOWEST, _FASTEST = 6, 600, 120
"""Duration of the animation in seconds; bounds for the duration of a frame in milliseconds."""


@dataclass(frozen=True, eq=False)
class EpochsInspection:
    """Images of a run through its training.

    Attributes:
        report: The result as a JSON document.
        files: File name -> content: "epochs.png", "epochs.gif" and "items.json".
        warps: Mean displacement of the grids after each epoch, (E,), in pixels of U.
    """

    report: dict[str, Any]
    files: dict[str, bytes]
    warps: np.ndarray


def read_epochs(run: RunDirectory) -> Snapshots:
    """Return the snapshots of a run.

    Raises:
        InputError: If it has none, or they are damaged.
        EnvironmentFault: If there is no permission to read them.
    """
    snapshots = read_snapshots(run)
    if snapshots is None:
        raise InputError(
            f"{run.path} has no {run.snapshots.name}: the network has no transformer, "
            "train.snapshots is 0, or an earlier version of stnctl trained it",
            hint=f"train again: stnctl train {run.config}",
        )
    return snapshots


def inspect_epochs(run: RunDirectory, job: Job, snapshots: Snapshots) -> EpochsInspection:
    """Inspect the snapshots of a run.

    Args:
        run: The run.
        job: Its configuration and data.
        snapshots: Its snapshots.

    Raises:
        InputError: If the snapshots do not fit the network or the data, or if no transformer
            samples the input image.
    """
    examples = job.examples(SPLIT)
    check_snapshots_fit(run, job, len(examples), snapshots)
    U, labels = examples.inputs(snapshots.indices), examples.labels[snapshots.indices]
    maps = [
        sampled_maps(job, U, {name: theta[place] for name, theta in snapshots.thetas.items()})
        for place in range(len(snapshots.epochs))
    ]
    right = snapshots.predicted == labels
    texts = _label_texts(job, examples, snapshots.indices)
    transformers = [each.transformer for each in maps[0]]
    warps = np.stack([displacements(transformers, [each.theta for each in at]) for at in maps])
    report = _report(run, job, snapshots, labels, warps)
    title = f"{run.name}: {len(U)} validation images through the training"
    files = {
        "epochs.png": _strip(job, snapshots, U, maps, right, texts, title),
        "epochs.gif": _animation(snapshots, U, maps, right, texts, title),
        "items.json": json_bytes(report),
    }
    return EpochsInspection(report, files, warps.mean(axis=1))


def check_snapshots_fit(
    run: RunDirectory, job: Job, num_examples: int, snapshots: Snapshots
) -> None:
    """Check that snapshots fit the network and the data of a run.

    Args:
        run: The run.
        job: Its configuration and data.
        num_examples: Number of validation images.
        snapshots: Its snapshots.

    Raises:
        InputError: If they do not fit, or if no transformer samples the input image.
    """
    expected = {each.name: each.sampling.family.num_params for each in job.network.transformers}
    found = {name: theta.shape[2] for name, theta in snapshots.thetas.items()}
    if found != expected:
        raise InputError(f"{run.snapshots} is not of the network in {run.config}")
    if snapshots.indices.max() >= num_examples:
        raise InputError(
            f"{run.snapshots} has the image {snapshots.indices.max()}, but the validation set has "
            f"{num_examples} images"
        )
    if all(each.chain is None for each in job.network.transformers):
        raise InputError(
            f"the transformers of {run.name} sample maps of features, which the snapshots do not "
            "have: only transformers of the input image can be shown"
        )


def evenly_chosen(count: int, limit: int) -> list[int]:
    """Return at most ``limit`` evenly spread places in [0, count), with the first and the last."""
    places = np.linspace(0, count - 1, min(count, limit)).round().astype(int)
    return list(dict.fromkeys(places.tolist()))


def _label_texts(job: Job, examples: EpochExamples, indices: np.ndarray) -> list[str]:
    if (terms := sum_terms(examples, indices)) is not None:
        return [format_sum(each) for each in terms.tolist()]
    return [job.class_names[label] for label in examples.labels[indices].tolist()]


def _report(
    run: RunDirectory, job: Job, snapshots: Snapshots, labels: np.ndarray, warps: np.ndarray
) -> dict[str, Any]:
    items = [
        {
            "index": int(snapshots.indices[n]),
            "true": int(labels[n]),
            "predicted": snapshots.predicted[:, n].tolist(),
            "probability": snapshots.probabilities[:, n].tolist(),
            "theta": {name: theta[:, n].tolist() for name, theta in snapshots.thetas.items()},
            "displacement": warps[:, n].tolist(),
        }
        for n in range(len(labels))
    ]
    return {
        "run": run.name,
        "data": job.dataset.source,
        "split": SPLIT,
        "epochs": snapshots.epochs.tolist(),
        "items": items,
    }


def _strip(
    job: Job,
    snapshots: Snapshots,
    U: np.ndarray,
    maps: list[list[TransformerMaps]],
    right: np.ndarray,
    texts: list[str],
    title: str,
) -> bytes:
    places = evenly_chosen(len(maps), MAX_COLUMNS)
    outlines = np.stack([composed_outlines(maps[each], job.network)[-1] for each in places])
    rows = [
        EpochRow(
            label=f"example {snapshots.indices[n]}\nTrue: {texts[n]}",
            U=U[n],
            maps=[maps[each][-1].V[n] for each in places],
            outlines=outlines[:, n],
            captions=[
                shorten(job.class_names[snapshots.predicted[each, n]], MAX_NAME) for each in places
            ],
            right=right[places, n].tolist(),
        )
        for n in range(len(U))
    ]
    last = f": V of {maps[0][-1].title}" if len(maps[0]) > 1 else ""
    legend = (
        "U has the sampled region after each of these epochs, in the color of the frame around V.\n"
        f"Below V: the predicted class{last}"
    )
    return epoch_strip_png(
        rows,
        [_epoch_text(snapshots, each) for each in places],
        shade_limits(U),
        title=f"{title}\n{legend}",
    )


def _animation(
    snapshots: Snapshots,
    U: np.ndarray,
    maps: list[list[TransformerMaps]],
    right: np.ndarray,
    texts: list[str],
    title: str,
) -> bytes:
    frames = []
    for place in evenly_chosen(len(maps), MAX_FRAMES):
        last = maps[place][-1]
        frames.append(
            PairFrame(
                _epoch_text(snapshots, place),
                last.V[:MAX_EXAMPLES],
                last.points[:MAX_EXAMPLES],
                [
                    f"example {snapshots.indices[n]}, True: {text}, "
                    f"Pred: {snapshots.predicted[place, n]}"
                    for n, text in enumerate(texts[:MAX_EXAMPLES])
                ],
                right[place].tolist(),
            )
        )
    duration = min(max(1000 * _SECONDS // len(frames), _FASTEST), _SLOWEST)
    shown = U[:MAX_EXAMPLES]
    return pairs_gif(
        shown, shade_limits(shown), frames, title=title, milliseconds=duration, rewind=False
    )


def _epoch_text(snapshots: Snapshots, place: int) -> str:
    epoch = int(snapshots.epochs[place])
    return f"epoch {epoch}" if epoch else "start"
