"""Data parallelism on JAX: the devices of one or more processes share each batch.

Each device has all weights. Keras' `DataParallel` divides the batch among the devices, and the
gradients are those of the whole batch, as on a single device.
"""

import atexit
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from stnctl.config.train_section import TrainConfig
from stnctl.errors import (
    ConfigError,
    ConfigProblem,
    EnvironmentFault,
    InputError,
    StnctlError,
    UsageError,
)
from stnctl.models.backend import start_backend
from stnctl.models.process_place import RESUME_TOGETHER, ProcessPlace
from stnctl.models.processes import Entries, State
from stnctl.storage.json_files import readable_json
from stnctl.storage.npz_bytes import pack_arrays, unpack_any_arrays

_AGREE_SECONDS = 0.2
"""Approximate time between two agreements on a stop."""

_MAX_STEPS = 100
_MAX_ARRAYS = 2**20
_ERRORS = {kind.exit_code: kind for kind in (UsageError, InputError, EnvironmentFault)}
_STATUS = re.compile(r"(UNKNOWN|UNAVAILABLE|INTERNAL|ABORTED|CANCELLED|DEADLINE_EXCEEDED): ")
"""Start of the message of a failed exchange, which JAX raises as errors of several types."""

_joined: list["DataParallelProcesses"] = []


def join(place: ProcessPlace, train: TrainConfig) -> "DataParallelProcesses":
    """Return the processes of a training, see `stnctl.models.processes.join_processes`."""
    _check_divisible(train.batch_size, place.count, f"{place.count} processes")
    start_backend(threads=train.threads, place=place)
    import jax

    num_devices = jax.device_count()
    _check_divisible(train.batch_size, num_devices, f"{num_devices} devices")
    if not _joined:
        _joined.append(DataParallelProcesses(place))
    return _joined[0]


def _check_divisible(batch_size: int, count: int, parts: str) -> None:
    if batch_size % count:
        problem = f"expected a multiple of {count}, to divide a batch among {parts}"
        raise ConfigError(ConfigProblem(problem, got=str(batch_size), path="train.batch_size"))


class DataParallelProcesses:
    """Processes whose devices share each batch. JAX must be started."""

    is_distributed = True

    def __init__(self, place: ProcessPlace) -> None:
        """Store the place of this process, and collect the devices of all processes."""
        import jax

        self.place = place
        self.distribution = _replicas()
        mesh = self.distribution.device_mesh.backend_mesh
        parts = jax.sharding.PartitionSpec(*mesh.axis_names)
        self._divided = jax.sharding.NamedSharding(mesh, parts)
        whole = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
        self._maximum = jax.jit(lambda x: x.max(axis=0), out_shardings=whole)
        self._interval = self._skipped = 1
        self._wanted = False
        self._since = time.monotonic()

    def from_first(self, action: Callable[[], str]) -> str:
        """Call an action in the first process, and return its text in all of them.

        Raises:
            StnctlError: The error of the action, in all processes.
        """
        answer: dict[str, Any] = {}
        problem: Exception | None = None
        if self.place.index == 0:
            try:
                answer = {"text": action()}
            except Exception as error:
                answer = {"error": str(error), "hint": getattr(error, "hint", None)}
                answer["code"] = getattr(error, "exit_code", StnctlError.exit_code)
                problem = error
        with self.guarded():
            answer = json.loads(self._broadcast(readable_json(answer)))
        if problem is not None:
            raise problem
        if "error" in answer:
            kind = _ERRORS.get(answer["code"], StnctlError)
            raise kind(answer["error"], hint=answer["hint"])
        return str(answer["text"])

    def agree(self, wanted: bool) -> bool:
        """Return whether one of the processes wants to stop: the same answer in all of them.

        The processes agree in the first step, and then every few steps, about five times a second.
        In the steps between, the answer is False.
        """
        if self.place.count == 1:
            return wanted
        self._wanted |= wanted
        if self._skipped < self._interval:
            self._skipped += 1
            return False
        seconds = (time.monotonic() - self._since) / self._skipped
        interval = min(max(int(_AGREE_SECONDS / max(seconds, 1e-9)), 1), _MAX_STEPS)
        stops, longest = self._maxima(int(self._wanted), interval)
        self._interval, self._skipped = longest, 1
        self._since = time.monotonic()
        return bool(stops)

    @contextmanager
    def computing(self, *, divided: bool = False) -> Iterator[None]:
        """Compute on all devices in the ``with`` block.

        Args:
            divided: Whether each process gives its own part of a batch. If not, each gives the
                whole batch.
        """
        self.distribution.divided = divided
        with self.distribution.scope():
            yield

    def share_state(self, entries: Entries, state: State) -> tuple[Entries, dict[str, np.ndarray]]:
        """Return the JSON entries and the training state of the first process."""
        shared = json.loads(self._broadcast(readable_json(dict(entries))))
        packed = pack_arrays(state) if self.place.index == 0 else b""
        return shared, unpack_any_arrays(self._broadcast(packed), _MAX_ARRAYS)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Turn the loss of another process in the ``with`` block into an error.

        After an error that the other processes do not have, this process ends at once, without
        waiting for them.

        Raises:
            EnvironmentFault: If another process has ended.
        """
        try:
            yield
        except Exception as error:
            if self.place.count == 1 or not _STATUS.match(str(error)):
                self._leave_at_exit(getattr(error, "exit_code", StnctlError.exit_code))
                raise
            self._leave_at_exit(EnvironmentFault.exit_code)
            raise EnvironmentFault(
                f"process {self.place.index} of {self.place.count} has lost another process: "
                f"{str(error).splitlines()[0]}",
                hint=RESUME_TOGETHER,
            ) from error
        except BaseException as error:
            self._leave_at_exit(getattr(error, "exit_code", StnctlError.exit_code))
            raise

    def _leave_at_exit(self, code: int) -> None:
        """End the process with an exit code before JAX waits for the other processes."""
        if self.place.count > 1:
            atexit.register(_leave, code)

    def _broadcast(self, data: bytes) -> bytes:
        """Return the bytes of the first process."""
        from jax.experimental.multihost_utils import broadcast_one_to_all

        size = np.frombuffer(len(data).to_bytes(8, "big"), np.uint8)
        count = int.from_bytes(bytes(broadcast_one_to_all(size)), "big")
        values = np.frombuffer(data if self.place.index == 0 else bytes(count), np.uint8)
        return bytes(broadcast_one_to_all(values))

    def _maxima(self, *values: int) -> list[int]:
        """Return the largest of the values of all processes, for each of the values."""
        import jax

        rows = np.tile(np.array(values, np.int32), (jax.local_device_count(), 1))
        both = jax.make_array_from_process_local_data(self._divided, rows)
        return [int(value) for value in np.asarray(self._maximum(both))]


def _replicas() -> Any:
    """Return Keras' distribution over all devices, with an attribute for the kind of batches."""
    import keras

    class Replicas(keras.distribution.DataParallel):  # type: ignore[misc] # Keras has no types
        divided = False

        def get_data_layout(self, data_shape: Any) -> Any:
            if self.divided:
                return super().get_data_layout(data_shape)
            return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)

    return Replicas(auto_shard_dataset=False)


def _leave(code: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
