"""Plan of a training, for ``stnctl train --dry-run``."""

from pathlib import Path
from typing import Any

from stnctl.cli import console
from stnctl.cli.layer_tables import describe_layers, print_layers
from stnctl.config.choices import SPLITS
from stnctl.config.labels import distortion_name
from stnctl.models.job import Job
from stnctl.models.memory_use import training_bytes
from stnctl.models.variable_parts import num_trained
from stnctl.training.epoch_log import stage_lines


def describe_plan(job: Job, path: Path) -> dict[str, Any]:
    """Return the plan of a training as a JSON document.

    Args:
        job: The configuration and the data.
        path: Path of the run directory that the training would create.
    """
    network = job.network
    views = {split: job.view(split) for split in SPLITS}
    return {
        "config": job.config.model_dump(mode="json"),
        "data": {
            "source": job.dataset.source,
            "sha256": job.dataset.sha256,
            "fallback": job.fallback,
            "shapes": {name: list(view.split.images.shape) for name, view in views.items()},
            "inputs": {name: [len(view), *view.input_shape] for name, view in views.items()},
        },
        "model": {
            "name": network.name,
            "num_params": network.parameters,
            "num_trainable": num_trained(network, job.config.train),
            "multiply_adds": network.multiply_adds,
            "training_bytes": training_bytes(job.config, network).total(),
            "layers": describe_layers(network),
        },
        "run": str(path),
    }


def print_plan(job: Job, document: dict[str, Any]) -> None:
    """Print a plan from `describe_plan` as tables."""
    model, data = document["model"], document["data"]
    shapes = data["shapes"]
    title = (
        f"model {model['name']}, {model['num_params']:,} parameters, "
        f"{model['num_trainable']:,} of them trained, "
        f"{model['multiply_adds']:,} multiply-adds per image, about "
        f"{model['training_bytes'] / 1e6:,.0f} MB for a training"
    )
    print_layers(title, job.network)
    distortion = distortion_name(document["config"]["data"]["distortion"])
    console.result_table(
        f"data {data['source']}, distortion: {distortion}",
        ["split", "images", "inputs"],
        [[name, _shape(shape), _shape(data["inputs"][name])] for name, shape in shapes.items()],
    )
    if job.config.train.stages:
        for line in stage_lines(job.config.train):
            console.result(line)
    console.result(f"would train in {document['run']}; no run was made")


def _shape(shape: list[Any]) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"
