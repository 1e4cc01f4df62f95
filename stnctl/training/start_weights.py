"""First weights of a training from the best checkpoint of another run (`train.start_from`).

The other run is loaded by `stnctl.evaluation.run_loader`, like any run that may be untrusted. The
import of this module does not load Keras.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from stnctl.config.messages import shorten
from stnctl.config.schema import Config
from stnctl.data.run_signature import is_signed_by_user, sign_source
from stnctl.errors import EnvironmentFault, InputError, StnctlError
from stnctl.evaluation.run_loader import find_runs, load_runs
from stnctl.models.job import Job
from stnctl.runs.checkpoint_reader import follow_pointer, read_meta
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record
from stnctl.storage.cache_folder import cache_folder

Weights = list[tuple[str, np.ndarray]]
"""Name and array of each weight of a layer."""

_KEY = "train.start_from"
_MAX_SHOWN = 6
_MAX_LENGTH = 200


@dataclass(frozen=True)
class Start:
    """Checkpoint with the first weights of a run, as recorded in run.json.

    Attributes:
        run: Absolute path of the other run.
        step: Step of its best checkpoint.
        sha256: SHA-256 (hex) of the state in the checkpoint.
    """

    run: str
    step: int
    sha256: str

    @classmethod
    def of_best(cls, run: RunDirectory) -> Self:
        """Return the best checkpoint of a run.

        Raises:
            InputError: If it is missing or damaged.
        """
        meta = follow_pointer(run, "best", read_meta)
        return cls(str(run.path.resolve()), meta["step"], meta["state_sha256"])


@dataclass(frozen=True, eq=False)
class StartWeights:
    """Weights of a trained network.

    Attributes:
        origin: Name of their run and epoch, for messages.
        layers: Name of a layer -> name and array of each weight.
    """

    origin: str
    layers: dict[str, Weights]

    def assign_to(self, model: Any) -> str:
        """Assign the weights of all layers with the same names and shapes to a Keras model.

        Returns:
            A note with the names of the layers that got weights, and of those that did not.

        Raises:
            InputError: If no layer fits.
        """
        taken: list[str] = []
        others: list[str] = []
        for layer in _layers_with_weights(model):
            fits = _shapes(_weights_of(layer)) == _shapes(self.layers.get(layer.name, []))
            if fits:
                layer.set_weights([array for _, array in self.layers[layer.name]])
            (taken if fits else others).append(layer.name)
        if not taken:
            raise InputError(
                f"{_KEY}: no layer of {self.origin} has the name and the shapes of a layer of the "
                "network",
                hint=f"its layers: {_listing(self.layers)}; those of the network: "
                f"{_listing(others)}",
            )
        rest = f"; not from it: {_listing(others)}" if others else ""
        count = f"{len(taken)} of {len(taken) + len(others)} layers"
        return f"start {count} from {self.origin}: {_listing(taken)}{rest}"


def find_start(config: Config, runs_dir: Path) -> Start | None:
    """Return the checkpoint that a new run starts from; None without `train.start_from`.

    Args:
        config: The configuration of the new run.
        runs_dir: The folder of all runs.

    Raises:
        StnctlError: If there is no such run, or it has no best checkpoint.
    """
    if config.train.start_from is None:
        return None
    try:
        [run] = find_runs([config.train.start_from], runs_dir)
        return Start.of_best(run)
    except StnctlError as error:
        raise type(error)(f"{_KEY}: {error}", hint=error.hint) from error


def recorded_start(run: RunDirectory, config: Config) -> Start | None:
    """Return the checkpoint that a run starts from, as recorded in its run.json.

    Raises:
        InputError: If the configuration has `train.start_from`, but run.json has no valid record,
            or a record that the user has not signed. It may then name any path of the machine.
    """
    if config.train.start_from is None:
        return None
    match read_record(run).get("start_from"):
        case {"run": str(path), "step": int(step), "sha256": str(sha256), "mark": mark}:
            if is_signed_by_user({"source": path, "sha256": sha256, "mark": mark}):
                return Start(path, step, sha256)
            raise InputError(
                f"{run.run} names the run {shorten(repr(path), _MAX_LENGTH)} to start from, but "
                f"{run.name} was not made by this user: nothing was read from there",
                hint=f"train again: stnctl train {run.config} --start-from RUN",
            )
    raise InputError(f"{run.run} must have the checkpoint of {_KEY} as 'start_from'")


def record_of(start: Start | None) -> dict[str, Any]:
    """Return the entry of run.json for `recorded_start`, with a signature; {} without a start.

    Raises:
        EnvironmentFault: If no key for the signature can be stored.
    """
    if start is None:
        return {}
    if (mark := sign_source(start.run, start.sha256)) is None:
        raise EnvironmentFault(
            f"{_KEY} is signed in run.json, but no key can be stored in {cache_folder()}",
            hint="set STNCTL_CACHE_DIR to a folder of your own",
        )
    return {"start_from": {**asdict(start), "mark": mark}}


def load_start(job: Job, start: Start) -> StartWeights:
    """Load the first weights of a training. Keras must be started.

    The data of the other run is read from the job's source, if both were trained on the same data.

    Raises:
        StnctlError: If the run, its data or its checkpoint is missing, damaged, or has changed.
    """
    path = Path(start.run)
    try:
        [run] = find_runs([start.run], path.parent)
        _check_same(run, start)
        same_data = read_record(run)["data"]["sha256"] == job.dataset.sha256
        source = job.dataset.source if same_data else None
        [loaded] = load_runs([run], source=source, start=lambda **_: None)
        _check_same(run, start)  # the run may be in training
    except StnctlError as error:
        hint = f"the run must be one that can be evaluated: stnctl eval {path}"
        raise type(error)(f"{_KEY}: {error}", hint=hint) from error
    layers = {layer.name: _weights_of(layer) for layer in _layers_with_weights(loaded.model)}
    return StartWeights(f"{path.name}, epoch {loaded.num_epochs}", layers)


def _check_same(run: RunDirectory, start: Start) -> None:
    if Start.of_best(run).sha256 != start.sha256:
        raise InputError(
            f"the best checkpoint of {run.path} has changed since the start of the training: "
            f"expected step {start.step} with sha256 {start.sha256[:12]}..."
        )


def _layers_with_weights(model: Any) -> list[Any]:
    return [layer for layer in model.layers if layer.weights]


def _weights_of(layer: Any) -> Weights:
    names = [weight.name for weight in layer.weights]
    return list(zip(names, layer.get_weights(), strict=True))


def _shapes(weights: Weights) -> list[tuple[str, tuple[int, ...]]]:
    return [(name, array.shape) for name, array in weights]


def _listing(names: Iterable[str]) -> str:
    shown = list(names)
    rest = [f"and {len(shown) - _MAX_SHOWN} more"] if len(shown) > _MAX_SHOWN else []
    return ", ".join(shown[:_MAX_SHOWN] + rest)
