"""Processes and devices that share one training: the interface, and the case without sharing.

`stnctl.models.data_parallel` has the other case. The import of this module does not load JAX.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import numpy as np

from stnctl.config.schema import Config
from stnctl.errors import EnvironmentFault
from stnctl.models.backend import chosen_backend
from stnctl.models.process_place import ProcessPlace

State = Mapping[str, np.ndarray]
Entries = Mapping[str, Any]


class Processes(Protocol):
    """Processes of one training. All of them call the same methods in the same order.

    Attributes:
        place: The place of this process.
        is_distributed: Whether several devices share the training.
    """

    place: ProcessPlace
    is_distributed: bool

    def from_first(self, action: Callable[[], str]) -> str:
        """Call an action in the first process, and return its text in all of them.

        Raises:
            StnctlError: The error of the action, in all processes.
        """

    def agree(self, wanted: bool) -> bool:
        """Return whether one of the processes wants to stop: the same answer in all of them."""

    def computing(self, *, divided: bool = False) -> AbstractContextManager[None]:
        """Compute on all devices in the ``with`` block.

        Args:
            divided: Whether each process gives its own part of a batch. If not, each gives the
                whole batch.
        """

    def share_state(self, entries: Entries, state: State) -> tuple[Entries, dict[str, np.ndarray]]:
        """Return the JSON entries and the training state of the first process."""

    def guarded(self) -> AbstractContextManager[None]:
        """Turn the loss of another process in the ``with`` block into an error.

        Raises:
            EnvironmentFault: If another process has ended.
        """


class SingleDevice:
    """The case of one process with one device, which shares nothing."""

    place = ProcessPlace()
    is_distributed = False

    def from_first(self, action: Callable[[], str]) -> str:
        """Return the text of the action."""
        return action()

    def agree(self, wanted: bool) -> bool:
        """Return ``wanted``."""
        return wanted

    def computing(self, *, divided: bool = False) -> AbstractContextManager[None]:
        """Return a context that changes nothing."""
        del divided
        return nullcontext()

    def share_state(self, entries: Entries, state: State) -> tuple[Entries, dict[str, np.ndarray]]:
        """Return the arguments."""
        return entries, dict(state)

    def guarded(self) -> AbstractContextManager[None]:
        """Return a context that changes nothing."""
        return nullcontext()


def place_of(config: Config) -> ProcessPlace:
    """Return the place of this process in the training of a config.

    Raises:
        EnvironmentFault: If the training is distributed, but the backend is not JAX, or an
            environment variable is missing or not valid.
    """
    if config.train.distribute is None:
        return ProcessPlace()
    if (backend := chosen_backend()) != "jax":
        raise EnvironmentFault(
            f"train.distribute needs JAX, but the backend is {backend}",
            hint="choose JAX: KERAS_BACKEND=jax stnctl train ...; or leave train.distribute null",
        )
    return ProcessPlace.of_this_process()


def join_processes(config: Config) -> Processes:
    """Return the processes of a training, after all of them have started.

    For a distributed training, this starts the backend, and waits for the other processes. A second
    call returns the same processes.

    Raises:
        UsageError: If the batch can't be divided among the processes and devices.
        EnvironmentFault: As in `place_of`, or if the other processes can't be reached.
    """
    place = place_of(config)
    if config.train.distribute is None:
        return SingleDevice()
    from stnctl.models.data_parallel import join

    return join(place, config.train)


def count_devices() -> int:
    """Return the number of devices of all processes. JAX must be started."""
    import jax

    count: int = jax.device_count()
    return count
