"""Snapshots of a run: theta and prediction of a few validation images after the epochs.

They are in one file, ``snapshots.npz``, which is replaced after each epoch, before the checkpoint
of the epoch is saved. It has at most `MAX_BYTES`: of a long training, only every second epoch is
kept, or every fourth, and so on. The choice depends only on the number of epochs so far, so the
file has the same bytes after every resume.

V is not stored: it is sampled from the image with theta.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from stnctl.config.choices import MAX_EPOCHS, MAX_SNAPSHOTS
from stnctl.errors import InputError
from stnctl.runs.directory import RunDirectory
from stnctl.storage.atomic import atomic_write
from stnctl.storage.npz_bytes import pack_arrays, unpack_any_arrays
from stnctl.storage.regular_file import read_regular_file

MAX_BYTES = 200_000
"""Maximum size of the file."""

MIN_EPOCHS = 16
"""Number of epochs for which the file has space; the number of examples is reduced for it."""

MAX_TRANSFORMERS = 100
"""Maximum number of transformers. A network with more has no snapshots."""

_HEADERS, _HEADER = 4, 600
"""Number of arrays besides the thetas, and the maximum size of the headers of an array."""

_THETA = "theta/"
_HINT = "remove the file; without it, `inspect --epochs` needs a new training"


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Snapshots of n validation images after E epochs.

    Attributes:
        indices: Indices of the images in the validation split, (n,), int64.
        epochs: Numbers of finished epochs, ascending, (E,), int64. 0 is the state before the
            training.
        predicted: The most probable classes, (E, n), int32.
        probabilities: The probabilities of these classes, (E, n), float32.
        thetas: Name of the layer of a transformer -> its parameters, (E, n, num_params), float32.
            The transformers are in the order of the network.
    """

    indices: np.ndarray
    epochs: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray
    thetas: dict[str, np.ndarray]

    @property
    def drift(self) -> np.ndarray:
        """Root mean square of the change of theta since the first epoch, (E,).

        The mean is that over all images and parameters.
        """
        thetas = np.concatenate(list(self.thetas.values()), axis=2).astype(np.float64)
        drift: np.ndarray = np.sqrt(np.square(thetas - thetas[:1]).mean(axis=(1, 2)))
        return drift

    def until(self, epoch: int) -> Self:
        """Return the snapshots up to an epoch."""
        return self._only(self.epochs <= epoch)

    def added(self, other: Self, max_epochs: int) -> Self:
        """Return the snapshots that are kept after a further epoch.

        Args:
            other: The snapshot of the further epoch, of the same images and transformers.
            max_epochs: The maximum number of kept epochs.
        """
        joined = replace(
            self,
            **{
                name: np.concatenate([getattr(self, name), getattr(other, name)])
                for name in ("epochs", "predicted", "probabilities")
            },
            thetas={
                name: np.concatenate([theta, other.thetas[name]])
                for name, theta in self.thetas.items()
            },
        )
        return joined._only(kept_epochs(joined.epochs, max_epochs))

    def _only(self, kept: np.ndarray) -> Self:
        """Return the snapshots of the epochs in a mask (E,)."""
        return replace(
            self,
            epochs=self.epochs[kept],
            predicted=self.predicted[kept],
            probabilities=self.probabilities[kept],
            thetas={name: theta[kept] for name, theta in self.thetas.items()},
        )


def kept_epochs(epochs: np.ndarray, max_epochs: int) -> np.ndarray:
    """Return which of the epochs (E,), ascending, are kept: a mask (E,).

    These are the last one and the multiples of the smallest power of two for which there are at
    most ``max_epochs``, at least 2. A later last epoch keeps no epoch that this one drops.
    """
    last, interval = int(epochs[-1]), 1
    while -(-last // interval) + 1 > max_epochs and interval < last:
        interval *= 2
    kept: np.ndarray = (epochs % interval == 0) | (epochs == last)
    return kept


def planned_size(num_examples: int, num_params: Mapping[str, int]) -> tuple[int, int]:
    """Return the number of examples in the snapshots, and the maximum number of kept epochs.

    Both are chosen so that the file has at most `MAX_BYTES`. They are 0 if there is no transformer,
    or no space for `MIN_EPOCHS` epochs.

    Args:
        num_examples: The wanted number of examples.
        num_params: Name of the layer of each transformer -> size of its theta.
    """
    if not 0 < len(num_params) <= MAX_TRANSFORMERS:
        return 0, 0
    names = sum(2 * len(f"{_THETA}{name}".encode()) for name in num_params)
    space = MAX_BYTES - (_HEADERS + len(num_params)) * _HEADER - names
    for count in range(num_examples, 0, -1):
        row = 8 + count * (8 + 4 * sum(num_params.values()))
        if (max_epochs := (space - 8 * count) // row) >= MIN_EPOCHS:
            return count, max_epochs
    return 0, 0


def write_snapshots(run: RunDirectory, snapshots: Snapshots) -> None:
    """Write the file of the snapshots. Equal snapshots give equal bytes.

    Raises:
        EnvironmentFault: If it can't be written. An earlier file is then unchanged.
    """
    arrays = {
        "index": snapshots.indices,
        "epoch": snapshots.epochs,
        "predicted": snapshots.predicted,
        "probability": snapshots.probabilities,
        **{f"{_THETA}{name}": theta for name, theta in snapshots.thetas.items()},
    }
    atomic_write(run.snapshots, pack_arrays(arrays))


def read_snapshots(run: RunDirectory) -> Snapshots | None:
    """Return the snapshots of a run that may be untrusted; None if it has none.

    Raises:
        InputError: If the file is damaged, or is not a regular file of at most `MAX_BYTES`.
        EnvironmentFault: If there is no permission to read it.
    """
    path = run.snapshots
    if not os.path.lexists(path):
        return None
    data = read_regular_file(path, MAX_BYTES)
    try:
        return _parsed(unpack_any_arrays(data, _HEADERS + MAX_TRANSFORMERS))
    except ValueError as error:
        raise InputError(f"{path} is not a file of snapshots: {error}", hint=_HINT) from error


def _parsed(arrays: dict[str, np.ndarray]) -> Snapshots:
    """Return the snapshots in the arrays of a file; raise a ValueError if they are not valid."""
    indices, epochs = _pop(arrays, "index", "int64", 1), _pop(arrays, "epoch", "int64", 1)
    shape = len(epochs), len(indices)
    if not (0 < len(indices) <= MAX_SNAPSHOTS and indices.min() >= 0):
        raise ValueError(f"expected the indices of 1 to {MAX_SNAPSHOTS} images")
    if not (len(epochs) and epochs[0] >= 0 and epochs[-1] <= MAX_EPOCHS and _is_ascending(epochs)):
        raise ValueError(f"expected ascending epochs of 0 to {MAX_EPOCHS}")
    predicted = _pop(arrays, "predicted", "int32", 2)
    probabilities = _pop(arrays, "probability", "float32", 2)
    names = list(arrays)
    if not names or not all(name.startswith(_THETA) for name in names):
        raise ValueError("expected the arrays index, epoch, predicted, probability and theta/...")
    thetas = {name.removeprefix(_THETA): _pop(arrays, name, "float32", 3) for name in names}
    for array in (predicted, probabilities, *thetas.values()):
        if array.shape[:2] != shape:
            raise ValueError(f"expected arrays of {shape[0]} epochs and {shape[1]} images")
        if not np.isfinite(array).all():
            raise ValueError("a value is not finite")
    return Snapshots(indices, epochs, predicted, probabilities, thetas)


def _pop(arrays: dict[str, np.ndarray], name: str, dtype: str, ndim: int) -> np.ndarray:
    """Remove and return an array of a dtype and a number of axes."""
    array = arrays.pop(name, None)
    if array is None or array.dtype != dtype or array.ndim != ndim:
        raise ValueError(f"expected an array {name} of {dtype} with {ndim} axes")
    return array


def _is_ascending(epochs: np.ndarray) -> bool:
    return bool((np.diff(epochs) > 0).all())
