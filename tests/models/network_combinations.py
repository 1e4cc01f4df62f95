"""Combinations of networks: every pair of values of two options is in several of them."""

import json
from functools import cache
from typing import Any

import covertable

from stnctl.config.choices import HEADS, OPTIMIZERS
from stnctl.config.localizer_sections import LOCALIZERS
from stnctl.config.schedules import SCHEDULES
from stnctl.geometry.registries import INTERPOLATIONS, PADDINGS, REGRESSED_TRANSFORMS

SMALL_LOCALIZERS: dict[str, Any] = {
    "article": {"filters": [3]},
    "article_naive": {"filters": [3]},
    "paper_fcn": {"units": [6, 5]},
    "paper_cnn": {"filters": [3, 4], "kernel_size": 3, "units": 5},
    "compact": {"filters": [4], "units": 6},
    "polar": {"angles": 16, "radii": 5, "filters": [3]},
}
"""Named localization network -> its keys in a small network."""

LISTED = "list of layers"
LIST = [
    "coords",
    {"layer": "conv", "filters": 3, "stride": 2, "padding": "same", "batch_norm": True},
    {"layer": "residual", "layers": [{"layer": "conv", "filters": 4, "padding": "same"}]},
    {"layer": "parallel", "branches": [[{"layer": "pool", "kind": "global"}], ["flatten"]]},
    {"layer": "dense", "units": 5, "activation": "tanh"},
]

PLACES = (
    "input",
    "between convolutions",
    "sequence",
    "parallel",
    "shared steps",
    "separate steps",
    "branches",
    "all options",
)

FACTORS: dict[str, list[Any]] = {
    "transform": [*REGRESSED_TRANSFORMS],
    "head": [None, *HEADS],
    "localizer": [*LOCALIZERS, LISTED],
    "place": [*PLACES],
    "interpolation": [*INTERPOLATIONS],
    "padding": [*PADDINGS],
    "align_corners": [True, False],
    "output_size": [None, [11, 10], [18, 21]],
    "optimizer": [*OPTIMIZERS],
    "schedule": [*SCHEDULES],
    "distortion": ["none", "R", "RTS", "P", "E", "T", "TC", "addition"],
}
"""Option -> its values."""

NUM_COMBINATIONS = 250
"""Minimum number of combinations."""


@cache
def combinations() -> list[dict[str, Any]]:
    """Return the combinations: pairwise sets of the factors, in several orders."""
    keys, rows = list(FACTORS), []
    while len(rows) < NUM_COMBINATIONS:
        values = [FACTORS[key] for key in keys]
        rows += [dict(zip(keys, row, strict=True)) for row in covertable.make(values)]
        keys = keys[3:] + keys[:3]
    return rows


def name_of(row: dict[str, Any]) -> str:
    """Return a combination as the id of a test."""
    return "-".join(json.dumps(value).strip('"') for value in row.values())


def config_text(row: dict[str, Any]) -> str:
    """Return the config of a combination as YAML, one line for each section."""
    name = row["localizer"]
    network = {"network": name, **SMALL_LOCALIZERS[name]} if name != LISTED else LIST
    transformer = {
        "transform": row["transform"],
        "head": row["head"],
        "localization": network,
        "interpolation": row["interpolation"],
        "padding": row["padding"],
        "align_corners": row["align_corners"],
        "output_size": row["output_size"],
    }
    conv, dense = {"layer": "conv", "filters": 4}, {"layer": "dense", "units": 12}
    model = _placed(row["place"], transformer, [conv, "pool", dense])
    train = {"optimizer": row["optimizer"], "schedule": row["schedule"], "learning_rate": 0.01}
    lines = {
        "data": {"distortion": _distortion(row["distortion"])},
        "model": model,
        "train": {**train, "batch_size": 24},
    }
    return "\n".join(f"{key}: {json.dumps(value)}" for key, value in lines.items())


def _placed(place: str, transformer: dict[str, Any], layers: list[Any]) -> dict[str, Any]:
    """Return the section `model` with a transformer at a place."""
    layer = {"layer": "transformer", **transformer}
    match place:
        case "between convolutions":
            return {"classifier": [layers[0], layer, *layers]}
        case "branches":
            branches = {"layer": "parallel", "branches": [[layer], [layer]]}
            return {"classifier": [layers[0], branches, *layers]}
        case "sequence":
            return {
                "transformer": [
                    {"transform": "rotation", "localization": {"filters": [2]}},
                    transformer,
                ],
                "classifier": layers,
            }
    options: dict[str, dict[str, Any]] = {
        "input": {},
        "parallel": {"parallel": 2},
        "shared steps": {"steps": 3},
        "separate steps": {"steps": 2, "localizers": "separate"},
        "all options": {"pool": 2, "theta_noise": 0.05, "feed_theta": True, "shares": 1},
    }
    return {"transformer": {**transformer, **options[place]}, "classifier": layers}


def _distortion(name: str) -> Any:
    """Return a distortion with a small canvas."""
    sized = {"RTS", "T", "TC", "addition"}
    return {"set": name, "canvas": [18, 18]} if name in sized else name
