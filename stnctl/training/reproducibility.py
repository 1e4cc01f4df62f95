"""Environment of a training: the versions, threads and flags on which its bits depend."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from stnctl.config.schema import Config
from stnctl.models.backend import BACKENDS, chosen_backend, is_started
from stnctl.models.processes import count_devices, place_of
from stnctl.runs.checkpoint_reader import iter_meta
from stnctl.runs.directory import RunDirectory
from stnctl.runs.environment import describe_environment, describe_flags, environment_differences
from stnctl.runs.provenance import read_record

_MAX_DIFFERENCES = 20
_MAX_LENGTH = 200


def training_environment(config: Config) -> dict[str, Any]:
    """Return the versions, the backend, the threads, the flags and the machine, as in run.json.

    Raises:
        EnvironmentFault: If the backend is not installed.
    """
    backend = chosen_backend()
    return {
        **describe_environment(("keras", *BACKENDS[backend], "numpy")),
        "backend": backend,
        "threads": config.train.threads,
        **_sharing(config),
        "flags": describe_flags(),
    }


def _sharing(config: Config) -> dict[str, int]:
    """Return the numbers of processes and devices of a distributed training.

    The number of devices is known only after the start of the backend.
    """
    if config.train.distribute is None:
        return {}
    processes = {"processes": place_of(config).count}
    return processes | ({"devices": count_devices()} if is_started() else {})


def differences_since_start(run: RunDirectory, config: Config) -> list[str]:
    """Return the differences between environments that make a resumed run not bit-exact.

    The current environment is compared with the environments at the start of the run and at its
    last checkpoint. The differences that earlier resumes have recorded are included.

    Returns:
        Texts such as "keras 3.15.0 -> 3.15.1"; [] for a bit-exact resume.

    Raises:
        EnvironmentFault: If the backend is not installed.
        InputError: If run.json is missing or damaged.
    """
    differences = _differences(run, training_environment(config))
    return list(dict.fromkeys(islice(differences, _MAX_DIFFERENCES)))


def _differences(run: RunDirectory, now: dict[str, Any]) -> Iterator[str]:
    last = next(iter_meta(run), {})
    before = last.get("inexact")
    for difference in before if isinstance(before, list) else []:
        if isinstance(difference, str) and difference.isprintable():
            yield difference[:_MAX_LENGTH]
    yield from environment_differences(read_record(run)["environment"], now)
    if isinstance(environment := last.get("environment"), dict):
        yield from environment_differences(environment, now)
