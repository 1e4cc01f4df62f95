"""Brings a run back: its configuration, its data, its trained model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stnctl.config.messages import shorten
from stnctl.config.schema import Config
from stnctl.data.dataset import Dataset
from stnctl.data.run_signature import is_signed_by_user
from stnctl.data.sources.dataset_loader import NAMED, load_dataset
from stnctl.data.sources.mnist import SourceUnavailable
from stnctl.data.split_view import EpochExamples, SplitView, make_split_view
from stnctl.errors import ConfigError, EnvironmentFault, InputError
from stnctl.runs.checkpoint_paths import Pointer
from stnctl.runs.checkpoint_reader import Checkpoint, follow_pointer
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record

_LONGEST = 200
_MOST_EPOCHS = 2**53


@dataclass(frozen=True)
class LoadedRun:
    """A run that can be asked.

    Attributes:
        run: Where it lies.
        config: Its configuration.
        dataset: The data that it was trained on.
        model: A Keras model from U (B, H, W, C) to logits (B, num_classes).
        num_epochs: The number of finished epochs of its weights.
    """

    run: RunDirectory
    config: Config
    dataset: Dataset
    model: Any
    num_epochs: int

    def examples(self, split: str) -> EpochExamples:
        """Return the examples of a split as the run's configuration distorts them.

        Raises:
            UsageError: If there is no such split.
        """
        return self.view(split).examples()

    def view(self, split: str) -> SplitView:
        """Return a split as the run's configuration wants it seen.

        Raises:
            UsageError: If there is no such split.
        """
        return compiled_view(self.config, self.dataset, split)


def load_data(
    run: RunDirectory,
    config: Config,
    source: str | None = None,
    *,
    progress: Callable[[int, int | None], None] | None = None,
) -> Dataset:
    """Return the data that the run was trained on; never other data.

    Args:
        run: The run.
        config: Its configuration.
        source: Where the same data lies now, if not where it was.
        progress: Told of a download.

    Raises:
        ConfigError: If the configuration speaks of an .npz file, and ``source`` is none.
        InputError: If the data is gone, damaged, or not the same, or lies at a path that a
            stranger's run names; or if the configuration does not fit it.
        EnvironmentFault: If it must be downloaded, and can't.
    """
    used = read_record(run)["data"]
    hint = "say where the same data lies now with --data SOURCE"
    place = _place(run, used, source)
    try:
        dataset = load_dataset(config.data, source=place, progress=progress)
    except (ConfigError, InputError, EnvironmentFault) as error:
        # a run's configuration stays, so what is advised about it does not help
        if error.hint and not isinstance(error, ConfigError | SourceUnavailable):
            hint = f"{error.hint}; or {hint}"
        of_the_run = isinstance(error, ConfigError) and source is None
        kind = InputError if of_the_run else type(error)
        raise kind(f"the data of {run.name}: {error}", hint=hint) from error
    if dataset.sha256 != used["sha256"]:
        raise InputError(
            f"{dataset.source} is not the data that {run.name} was trained on: expected sha256 "
            f"{used['sha256'][:12]}..., found {dataset.sha256[:12]}...",
            hint=hint,
        )
    return dataset


def load_data_of(
    runs: Sequence[RunDirectory],
    configs: Sequence[Config],
    source: str | None = None,
    *,
    progress: Callable[[int, int | None], None] | None = None,
) -> list[Dataset]:
    """Return the data of each run, as `load_data` does; what several share is loaded once.

    Args:
        runs: The runs.
        configs: The configuration of each.
        source: As in `load_data`.
        progress: As in `load_data`.

    Raises:
        StnctlError: As `load_data`.
    """
    loaded: dict[tuple[Any, ...], Dataset] = {}
    found = []
    for run, config in zip(runs, configs, strict=True):
        used, data = read_record(run)["data"], config.data
        place = _place(run, used, source)
        same = (place, used["sha256"], data.keys, data.image_shape, data.validation)
        if same not in loaded:
            loaded[same] = load_data(run, config, source, progress=progress)
        found.append(loaded[same])
    return found


def _place(run: RunDirectory, used: Mapping[str, Any], source: str | None) -> str:
    """Return where to read the data: no path that only a stranger names."""
    place: str = source or used["source"]
    if source or place in NAMED or is_signed_by_user(used):
        return place
    raise InputError(
        f"{run.run} names data at {shorten(repr(place), _LONGEST)}, and this is not a run made "
        "here: nothing was read from there",
        hint="if you know that data, name it with --data PATH",
    )


def load_run(
    run: RunDirectory, config: Config, dataset: Dataset, *, checkpoint: Pointer = "best"
) -> LoadedRun:
    """Return a run with the weights of a checkpoint. Keras must have been started.

    The model is built from the run's own configuration; the checkpoint gives only numbers.

    Args:
        run: The run.
        config: Its configuration.
        dataset: Its data, as `load_data` gives it.
        checkpoint: The pointer to the checkpoint.

    Raises:
        InputError: If the checkpoint is missing, damaged, or does not fit.
    """
    from stnctl.models.build import build_model

    view = make_split_view(config, dataset, "train")
    model = build_model(config, view.input_shape, view.num_classes(dataset.num_classes))
    return LoadedRun(run, config, dataset, model, load_weights(model, run, checkpoint))


def load_weights(model: Any, run: RunDirectory, checkpoint: Pointer) -> int:
    """Give ``model`` the weights of a checkpoint of ``run``.

    Returns:
        The number of finished epochs of the checkpoint.

    Raises:
        InputError: If the checkpoint is missing, damaged, or does not fit.
    """
    from stnctl.models.state import restore_weights

    loaded: Checkpoint = follow_pointer(run, checkpoint)
    epoch = _finished_epochs(run, loaded)
    restore_weights(model, loaded.arrays)
    return epoch


def _finished_epochs(run: RunDirectory, checkpoint: Checkpoint) -> int:
    match checkpoint.meta.get("position"):
        case {"epoch": int(epoch)} if 0 <= epoch <= _MOST_EPOCHS and epoch is not True:
            return epoch
    raise InputError(
        f"the checkpoint of step {checkpoint.step} of {run.path} does not say how many epochs are "
        "finished"
    )


def compiled_view(config: Config, dataset: Dataset, name: str) -> SplitView:
    """Return a split of a data set, as `make_split_view` does. Keras must have been started.

    Raises:
        UsageError: If there is no such split.
    """
    from stnctl.models.compiled import compiled_for_arrays

    return make_split_view(config, dataset, name, compiler=compiled_for_arrays)
