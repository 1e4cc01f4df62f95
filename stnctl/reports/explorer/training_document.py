"""JSON of the training of a run: the thetas of a few images after each kept epoch."""

from dataclasses import replace
from typing import Any

import numpy as np

from stnctl.inspection.epochs import SPLIT, check_snapshots_fit
from stnctl.models.job import Job
from stnctl.reports.explorer.digit_sprite import sprite_document
from stnctl.reports.explorer.weight_encoding import FLOAT32, encode_array
from stnctl.runs.directory import RunDirectory
from stnctl.runs.snapshots import Snapshots, read_snapshots

MAX_IMAGES = 30
"""Maximum number of images through the training."""


def page_snapshots(run: RunDirectory, job: Job) -> Snapshots | None:
    """Return the snapshots of a run, of at most `MAX_IMAGES` images; None if it has none.

    Raises:
        InputError: If they are damaged, do not fit the run, or no transformer samples the image.
        EnvironmentFault: If there is no permission to read them.
    """
    snapshots = read_snapshots(run)
    if snapshots is None:
        return None
    check_snapshots_fit(run, job, len(job.examples(SPLIT)), snapshots)
    return replace(
        snapshots,
        indices=snapshots.indices[:MAX_IMAGES],
        predicted=snapshots.predicted[:, :MAX_IMAGES],
        probabilities=snapshots.probabilities[:, :MAX_IMAGES],
        thetas={name: theta[:, :MAX_IMAGES] for name, theta in snapshots.thetas.items()},
    )


def training_document(job: Job, snapshots: Snapshots) -> dict[str, Any]:
    """Return snapshots as JSON, with the images.

    Args:
        job: The configuration and the data of the run.
        snapshots: Its snapshots, from `page_snapshots`.
    """
    examples = job.examples(SPLIT)
    return {
        "epochs": snapshots.epochs.tolist(),
        "indices": snapshots.indices.tolist(),
        "labels": examples.labels[snapshots.indices].tolist(),
        "predicted": snapshots.predicted.tolist(),
        "probabilities": np.round(snapshots.probabilities.astype(float), 3).tolist(),
        "thetas": {
            name: encode_array(theta, FLOAT32).document for name, theta in snapshots.thetas.items()
        },
        "images": sprite_document(examples.inputs(snapshots.indices), job.config.data.pixels),
    }
