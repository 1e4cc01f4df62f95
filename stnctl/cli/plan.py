"""What ``stnctl train --dry-run`` shows."""

from pathlib import Path
from typing import Any

from stnctl.cli import console
from stnctl.training.session import Job


def plan(job: Job, model: Any, path: Path) -> dict[str, Any]:
    """Return what would be trained, and where, as a JSON document."""
    return {
        "config": job.config.model_dump(mode="json"),
        "data": {
            "source": job.dataset.source,
            "sha256": job.dataset.sha256,
            "fallback": job.fallback,
            "shapes": {
                name: list(job.dataset.split(name).images.shape)
                for name in ("train", "validation", "test")
            },
        },
        "model": {
            "name": model.name,
            "num_params": model.count_params(),
            "layers": [_layer(layer) for layer in model.layers],
        },
        "run": str(path),
    }


def render_plan(document: dict[str, Any]) -> None:
    """Print the plan's tables to stdout."""
    model, data = document["model"], document["data"]
    console.result_table(
        f"model {model['name']}, {model['num_params']:,} parameters",
        ["layer", "type", "output", "parameters"],
        [
            [layer["name"], layer["type"], _shape(layer["output"]), f"{layer['num_params']:,}"]
            for layer in model["layers"]
        ],
    )
    console.result_table(
        f"data {data['source']}",
        ["split", "images"],
        [[name, _shape(shape)] for name, shape in data["shapes"].items()],
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
