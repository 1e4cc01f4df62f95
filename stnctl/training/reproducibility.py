"""What the bits of a training depend on beside its configuration and its data."""

import os
from collections.abc import Iterator
from itertools import islice
from typing import Any

from stnctl.config.schema import Config
from stnctl.models.backend import chosen_backend
from stnctl.runs.checkpoint_reader import iter_meta
from stnctl.runs.directory import RunDirectory
from stnctl.runs.environment import describe_environment, describe_flags, environment_differences
from stnctl.runs.provenance import read_record

_PACKAGES = {"tensorflow": ("tensorflow",), "jax": ("jax", "jaxlib"), "torch": ("torch",)}
"""Packages of each backend whose versions a run records, beside Keras and NumPy."""

_MOST_REASONS = 20
_LONGEST = 200


def training_environment(config: Config) -> dict[str, Any]:
    """Return the versions, the backend, the threads, the flags and the machine, for run.json.

    Raises:
        EnvironmentFault: If the backend is not there.
    """
    backend = chosen_backend()
    return {
        **describe_environment(("keras", *_PACKAGES[backend], "numpy")),
        "backend": backend,
        "threads": config.train.threads if backend == "tensorflow" else os.cpu_count(),
        "flags": describe_flags(),
    }


def differences_since_start(run: RunDirectory, config: Config) -> list[str]:
    """Return why the run, if it goes on here, won't end in the bits that it would have had.

    What has changed since it began counts, and so does what was otherwise for a while.

    Returns:
        Each reason in a few words, such as "keras 3.15.0 -> 3.15.1"; none if there is none.

    Raises:
        EnvironmentFault: If the backend is not there.
        InputError: If the run's record is missing or damaged.
    """
    return list(dict.fromkeys(islice(_reasons(run, training_environment(config)), _MOST_REASONS)))


def _reasons(run: RunDirectory, now: dict[str, Any]) -> Iterator[str]:
    last = next(iter_meta(run), {})
    before = last.get("inexact")
    for reason in before if isinstance(before, list) else []:
        if isinstance(reason, str) and reason.isprintable():
            yield reason[:_LONGEST]
    yield from environment_differences(read_record(run)["environment"], now)
    if isinstance(environment := last.get("environment"), dict):
        yield from environment_differences(environment, now)
