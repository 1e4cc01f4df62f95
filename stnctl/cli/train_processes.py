"""Start of the processes of one training, with a note while a process waits for the others."""

from stnctl.cli import console
from stnctl.config.schema import Config
from stnctl.models.processes import Processes, join_processes, place_of


def join(config: Config) -> Processes:
    """Return the processes of a training, after all of them have started.

    Raises:
        StnctlError: As `stnctl.models.processes.join_processes`.
    """
    place = place_of(config)
    if place.count > 1:
        address = f" at {place.address}" if place.address else ""
        console.note(f"process {place.index} of {place.count} waits for the others{address}")
    return join_processes(config)
