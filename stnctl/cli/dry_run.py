"""Plan of a training, for ``stnctl train --dry-run``."""

from pathlib import Path
from typing import Any

from stnctl.cli import console
from stnctl.config.choices import SPLITS
from stnctl.config.distortion_sets import distortion_name
from stnctl.models.job import Job


def describe_plan(job: Job, model: Any, path: Path) -> dict[str, Any]:
    """Return the plan of a training as a JSON document.

    Args:
        job: The configuration and the data.
        model: The compiled Keras model, from U (B, H, W, C) to logits (B, num_classes).
        path: Path of the run directory that the training would create.
    """
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
            "name": model.name,
            "num_params": model.count_params(),
            "layers": [_layer(layer) for layer in model.layers],
        },
        "run": str(path),
    }


def print_plan(document: dict[str, Any]) -> None:
    """Print a plan from `describe_plan` as tables."""
    model, data = document["model"], document["data"]
    shapes = data["shapes"]
    console.result_table(
        f"model {model['name']}, {model['num_params']:,} parameters",
        ["layer", "type", "output", "parameters"],
        [
            [layer["name"], layer["type"], _shape(layer["output"]), f"{layer['num_params']:,}"]
            for layer in model["layers"]
        ],
    )
    distortion = distortion_name(document["config"]["data"]["distortion"])
    console.result_table(
        f"data {data['source']}, distortion: {distortion}",
        ["split", "images", "inputs"],
        [[name, _shape(shape), _shape(data["inputs"][name])] for name, shape in shapes.items()],
    )
    console.result(f"would train in {document['run']}; no run was made")


def _layer(layer: Any) -> dict[str, Any]:
    output = layer.output[0] if isinstance(layer.output, list | tuple) else layer.output
    return {
        "name": layer.name,
        "type": type(layer).__name__,
        "output": ["B", *output.shape[1:]],
        "num_params": layer.count_params(),
    }


def _shape(shape: list[Any]) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"
