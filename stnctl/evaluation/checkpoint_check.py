"""What a checkpoint says that it holds, held against the network that a configuration describes.

Both may come from a stranger, so that nothing large is read or built before they agree.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stnctl.config.schema import Config, LimitsConfig
from stnctl.data.dataset import Dataset
from stnctl.data.split_view import make_split_view
from stnctl.errors import ConfigError, InputError
from stnctl.models.footprint import num_parameters, prediction_bytes
from stnctl.models.sizes import check_sizes
from stnctl.runs.checkpoint_paths import checkpoint_folder
from stnctl.runs.directory import RunDirectory

MAX_BYTES = LimitsConfig().max_bytes
"""What a prediction may take: the default, as a stranger may write any other."""

GROUPS = ("model", "optimizer", "average")
"""The first part of the names of a state's arrays."""

MAX_COPIES = 8
"""How often a state may hold the parameters: the weights, their averages, the optimizer's slots."""

SPARE_BYTES = 2**20

_BYTES = 4


def check_checkpoint_matches_config(
    run: RunDirectory, config: Config, dataset: Dataset, meta: Mapping[str, Any]
) -> None:
    """Refuse a checkpoint that is not one of the network of ``config``. Keras is not needed.

    Args:
        run: The run.
        config: Its configuration.
        dataset: Its data.
        meta: What the checkpoint tells, as `stnctl.runs.read_meta` gives it.

    Raises:
        InputError: If it says that it holds another number of parameters, other kinds of arrays,
            or far more than a training leaves; or if the network does not fit the data, or
            `MAX_BYTES`.
    """
    path = checkpoint_folder(run, meta["step"])
    expected = _parameters_of(run, config, dataset)
    groups = {name: _group(name, path) for name in meta["arrays"]}
    if (config.train.ema is not None) != ("average" in groups.values()):
        raise InputError(f"{path} does not tell of averages as train.ema of {run.config} does")
    found = sum(
        math.prod(about["shape"])
        for name, about in meta["arrays"].items()
        if groups[name] == "model" and about["dtype"].startswith("float")
    )
    if found != expected:
        raise InputError(
            f"{path} tells of {found:,} parameters, but the network of {run.config} has "
            f"{expected:,}"
        )
    most = MAX_COPIES * _BYTES * expected + SPARE_BYTES
    if meta["state_bytes"] > most:
        raise InputError(
            f"{path} tells of a state of {meta['state_bytes']:,} bytes, more than the {most:,} "
            f"that {expected:,} parameters can need"
        )


def _parameters_of(run: RunDirectory, config: Config, dataset: Dataset) -> int:
    """Return the number of parameters of a network that fits the data and the memory."""
    view = make_split_view(config, dataset, "train")
    network = config.model, view.input_shape, view.num_classes(dataset.num_classes)
    try:
        check_sizes(config.model, view.input_shape[:2])
    except ConfigError as error:
        raise InputError(f"{run.config} does not fit its data: {error}") from error
    if (size := prediction_bytes(*network, batch_size=1)) > MAX_BYTES:
        raise InputError(
            f"the network of {run.config} takes about {size:,} bytes for one image, at most "
            f"{MAX_BYTES:,} are allowed"
        )
    return num_parameters(*network)


def _group(name: str, path: Path) -> str:
    group, _, _ = name.partition("/")
    if group not in GROUPS:
        raise InputError(f"{path} tells of an array {name!r}, which no training writes")
    return group
