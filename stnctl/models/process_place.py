"""Place of this process among the processes of one training, from environment variables.

JAX is not loaded.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from stnctl.errors import EnvironmentFault

ADDRESS = "JAX_COORDINATOR_ADDRESS"
"""Variable with the address of process 0, as HOST:PORT."""

RESUME_TOGETHER = "see the messages of the others, then resume the run with all processes"
"""Hint after the loss of a process."""

_OWN = ("JAX_NUM_PROCESSES", "JAX_PROCESS_ID")
_LAUNCHERS = {
    "srun": ("SLURM_NTASKS", "SLURM_PROCID", "SLURM_STEP_NODELIST", "SLURM_LOCALID"),
    "mpirun": ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
}
"""Launcher -> the variables that it sets: number of processes, process id, and further ones."""

_HINT = (
    f"start each process with {ADDRESS}=HOST:PORT, {_OWN[0]}=N and {_OWN[1]}=0 ... N-1, or with "
    "srun or mpirun"
)


@dataclass(frozen=True)
class ProcessPlace:
    """Place of a process.

    Attributes:
        index: The process id, from 0.
        count: Number of processes.
        address: Address of process 0, as HOST:PORT; None if JAX derives it from the launcher.
    """

    index: int = 0
    count: int = 1
    address: str | None = None

    @classmethod
    def of_this_process(cls, variables: Mapping[str, str] = os.environ) -> "ProcessPlace":
        """Return the place that the environment variables give; without them, a single process.

        Raises:
            EnvironmentFault: If a variable is missing or not valid.
        """
        address = variables.get(ADDRESS) or None
        if given := [name for name in (*_OWN, ADDRESS) if variables.get(name)]:
            missing = [name for name in _OWN if not variables.get(name)]
            if len(missing) < len(_OWN) or not _launched(variables):
                return cls._parsed(variables, _OWN, address, given)
        for names in _launched(variables):
            place = cls._parsed(variables, names, address, list(names))
            return place if place.count > 1 else cls()
        return cls()

    @classmethod
    def _parsed(
        cls,
        variables: Mapping[str, str],
        names: tuple[str, ...],
        address: str | None,
        given: list[str],
    ) -> "ProcessPlace":
        needed = (*names[:2], *((ADDRESS,) if names == _OWN else ()))
        if missing := [name for name in needed if not variables.get(name)]:
            raise EnvironmentFault(
                f"{', '.join(given)} is set, but {', '.join(missing)} is missing", hint=_HINT
            )
        count, index = (_number(variables, name) for name in names[:2])
        if not 0 <= index < count:
            raise EnvironmentFault(
                f"{names[1]} is {index}, expected 0 to {count - 1}, because {names[0]} is {count}",
                hint=_HINT,
            )
        if address is not None and not address.rpartition(":")[2].isdecimal():
            raise EnvironmentFault(f"{ADDRESS} is {address!r}, expected HOST:PORT", hint=_HINT)
        return cls(index, count, address)


def connect(place: ProcessPlace) -> None:
    """Connect the processes of a training, before JAX has devices.

    Raises:
        EnvironmentFault: If the processes can't be connected.
    """
    import jax

    if place.count == 1:
        return
    try:
        jax.distributed.initialize(
            place.address, place.count, place.index, heartbeat_timeout_seconds=30
        )
    except (RuntimeError, ValueError) as error:
        where = place.address or "the launcher's address"
        raise EnvironmentFault(
            f"process {place.index} can't reach the other {place.count - 1} at {where}: "
            f"{str(error).splitlines()[0]}",
            hint=f"start all {place.count} processes within 5 minutes; {ADDRESS}=HOST:PORT must "
            "be a free port of the host of process 0",
        ) from error


def _launched(variables: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return the variables of the launchers that started this process."""
    return [names for names in _LAUNCHERS.values() if all(map(variables.get, names))]


def _number(variables: Mapping[str, str], name: str) -> int:
    text = variables[name]
    if not text.isdecimal() or len(text) > 6:
        raise EnvironmentFault(f"{name} is {text!r}, expected a whole number", hint=_HINT)
    return int(text)
