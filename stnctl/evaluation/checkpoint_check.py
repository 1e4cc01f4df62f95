"""Check of a checkpoint against the network of its configuration.

Both may come from an untrusted run. So this check comes before the arrays of the checkpoint are
read, and before the network is built.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stnctl.config.schema import LimitsConfig
from stnctl.errors import ConfigError, InputError
from stnctl.models.job import Job
from stnctl.models.memory_use import prediction_bytes
from stnctl.runs.checkpoint_paths import ARRAY_GROUPS, checkpoint_folder
from stnctl.runs.directory import RunDirectory

MAX_BYTES = LimitsConfig().max_bytes
"""Memory limit of a prediction: the default, since an untrusted run may have any other limit."""

MAX_COPIES = 8
"""Maximum number of values per parameter in a checkpoint: weight, averages, optimizer slots."""

SPARE_BYTES = 2**20

_BYTES = 4


def check_checkpoint_matches_config(run: RunDirectory, job: Job, meta: Mapping[str, Any]) -> None:
    """Check that a checkpoint matches the network of its run. Keras is not loaded.

    Args:
        run: The run directory.
        job: The configuration and the data of the run.
        meta: The meta.json of the checkpoint, as `stnctl.runs.checkpoint_reader.read_meta`
            returns it.

    Raises:
        InputError: If the checkpoint declares another number of parameters, unknown arrays, or
            far more bytes than a training writes; if it has averaged weights but the configuration
            does not, or the reverse; or if the network does not fit the data or exceeds
            `MAX_BYTES`.
    """
    path = checkpoint_folder(run, meta["step"])
    expected = _num_parameters(run, job)
    groups = {name: _group(name, path) for name in meta["arrays"]}
    if (job.config.train.ema is not None) != ("average" in groups.values()):
        found = "present" if "average" in groups.values() else "missing"
        raise InputError(
            f"checkpoint {path} and {run.config} disagree: averaged weights are {found}, but "
            f"train.ema is {job.config.train.ema or 'null'}"
        )
    declared = sum(
        math.prod(array["shape"])
        for name, array in meta["arrays"].items()
        if groups[name] == "model" and array["dtype"].startswith("float")
    )
    if declared != expected:
        raise InputError(
            f"checkpoint {path} declares {declared:,} parameters, but the network of "
            f"{run.config} has {expected:,}"
        )
    limit = MAX_COPIES * _BYTES * expected + SPARE_BYTES
    if meta["state_bytes"] > limit:
        raise InputError(
            f"checkpoint {path} declares {meta['state_bytes']:,} bytes; {expected:,} parameters "
            f"need at most {limit:,}"
        )


def _num_parameters(run: RunDirectory, job: Job) -> int:
    """Return the number of parameters of the network, if it fits the data and the memory."""
    try:
        network = job.network
    except ConfigError as error:
        raise InputError(f"{run.config} does not fit its data: {error}") from error
    if (size := prediction_bytes(network, batch_size=1)) > MAX_BYTES:
        raise InputError(
            f"the network of {run.config} needs about {size:,} bytes for one image, expected at "
            f"most {MAX_BYTES:,}"
        )
    return network.parameters


def _group(name: str, path: Path) -> str:
    group, _, _ = name.partition("/")
    if group not in ARRAY_GROUPS:
        raise InputError(
            f"checkpoint {path} declares an array {name!r}, expected names that begin with "
            f"{', '.join(ARRAY_GROUPS)}"
        )
    return group
