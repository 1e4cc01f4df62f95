"""Untrained networks with transformers in several places, whose thetas are set."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.inspection.examples import InspectedExamples, read_examples
from stnctl.models.job import Job
from stnctl.runs.directory import RunDirectory
from stnctl.training.setup import make_model
from tests.tiny import make_job

INDICES = np.array([7, 0, 7, 31])
HALF, QUARTER_TURN = [0.5, 0.25, -0.25], [np.pi / 2]
ROTATED = [0.5, -0.5, 0.2, 0.5, 0.5, -0.1]

SHIFTED = [1.0, 0.0, 0.1, 0.0, 1.0, 0.2]


def transformer(transform: str = "affine", **keys: object) -> dict[str, object]:
    """Return the section of a transformer with the smallest localization network."""
    return {"layer": "transformer", "localization": [], "transform": transform, **keys}


CONVOLUTION = {"layer": "conv", "filters": 3}

SEQUENCE = {"transformer": [transformer("rotation"), transformer("attention")]}
STEPS = {"transformer": transformer(steps=2)}
PAIR = {"transformer": transformer(parallel=2)}
INNER = {
    "transformer": None,
    "classifier": [CONVOLUTION, transformer(output_size=[5, 6]), "flatten"],
}
BRANCHES = {
    "transformer": None,
    "classifier": [
        {"layer": "parallel", "branches": [[transformer()], [transformer("rotation")], []]},
        CONVOLUTION,
    ],
}


def job_of(folder: Path, model: dict[str, object], *overrides: str) -> Job:
    """Return a tiny job with some keys of the section `model`, and other ``key=value``."""
    keys = (f"model.{key}={json.dumps(model[key])}" for key in model)
    return make_job(folder, *keys, *overrides)


def inspected(job: Job, *thetas: list[float]) -> InspectedExamples:
    """Return examples of the network of `model_of`."""
    return read_examples(loaded(job, model_of(job, *thetas)), job.examples("test"), INDICES)


def model_of(job: Job, *thetas: list[float]) -> Any:
    """Return a network whose n-th localization network gives the n-th theta."""
    model = make_model(job)
    for number, theta in enumerate(thetas, 1):
        layer = model.get_layer("theta" if number == 1 else f"theta_{number}")
        layer.set_weights([np.zeros(layer.kernel.shape), np.array(theta)])
    return model


def loaded(job: Job, model: object) -> LoadedRun:
    """Return a run of a model, without files."""
    return LoadedRun(RunDirectory(Path("runs/x")), job, model, num_epochs=1)
