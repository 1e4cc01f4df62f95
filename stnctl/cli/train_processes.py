"""Start of the processes of one training, with a note while a process waits for the others."""

from stnctl.cli import console
from stnctl.config.fingerprint import fingerprint
from stnctl.config.schema import Config
from stnctl.errors import UsageError
from stnctl.models.processes import Processes, join_processes, place_of


def join(config: Config) -> Processes:
    """Return the processes of a training, after all of them have started.

    Raises:
        UsageError: If this process has another configuration than the first one.
        StnctlError: As `stnctl.models.processes.join_processes`.
    """
    place = place_of(config)
    if place.count > 1:
        address = f" at {place.address}" if place.address else ""
        console.note(f"process {place.index} of {place.count} waits for the others{address}")
    processes = join_processes(config)
    own = fingerprint(config)
    with processes.guarded():
        if processes.from_first(lambda: own) != own:
            raise UsageError(
                f"process {place.index} has another configuration than process 0",
                hint="run the same command in all processes",
            )
    return processes
