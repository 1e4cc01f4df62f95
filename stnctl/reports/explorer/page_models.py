"""Models of a run whose weights the page gets: before, during and after the training."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from stnctl.errors import InputError
from stnctl.evaluation.classification_metrics import log_probabilities
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.run_loader import first_model, load_model_of_step
from stnctl.inspection.epochs import evenly_chosen
from stnctl.models.backend import chosen_backend
from stnctl.runs.checkpoint_paths import checkpoint_steps
from stnctl.runs.pointers import read_pointer
from stnctl.runs.provenance import read_record
from stnctl.runs.snapshots import Snapshots

MAX_MODELS = 3
"""Maximum number of kept checkpoints in the page: the first, one in the middle, and the last."""

_BATCH = 64

_SAME_START = 1e-3
"""Largest difference of a probability from that of the snapshot before the training."""


@dataclass(frozen=True, eq=False)
class PageModel:
    """Trained or new model whose weights the page gets.

    Attributes:
        title: Its name in the page, such as "epoch 9, the best".
        epoch: Number of finished epochs.
        model: The Keras model.
    """

    title: str
    epoch: int
    model: Any


def page_models(
    loaded: LoadedRun, checkpoint: str, snapshots: Snapshots | None, notes: list[str]
) -> list[PageModel]:
    """Return the loaded model and at most `MAX_MODELS` others, in the order of their epochs.

    Args:
        loaded: The run.
        checkpoint: Name of the loaded checkpoint, "best" or "last".
        snapshots: The snapshots of the run, which verify the first weights; None if it has none.
        notes: Gets a sentence for each checkpoint that can't be loaded.
    """
    run, epoch = loaded.run, loaded.num_epochs
    best = read_pointer(run, "best")["step"]
    own = best if checkpoint == "best" else read_pointer(run, "last")["step"]
    by_epoch = {epoch: PageModel(_title(epoch, is_best=own == best), epoch, loaded.model)}
    if epoch and (start := _first_model(loaded, snapshots)) is not None:
        by_epoch[0] = PageModel("before the training", 0, start)
    steps = checkpoint_steps(run)
    for step in (steps[place] for place in evenly_chosen(len(steps), MAX_MODELS)):
        if step == own:
            continue
        try:
            model, epoch = load_model_of_step(run, loaded.job, step)
        except InputError as error:
            notes.append(f"A checkpoint is not in the page: {error}.")
            continue
        title = _title(epoch, is_best=step == best)
        by_epoch.setdefault(epoch, PageModel(title, epoch, model))
    return [by_epoch[epoch] for epoch in sorted(by_epoch)]


def _title(epoch: int, *, is_best: bool) -> str:
    return f"epoch {epoch}, the best" if is_best else f"epoch {epoch}"


def logits_of(model: Any, U: np.ndarray) -> np.ndarray:
    """Return the logits (n, K) of a Keras model for U (n, H, W, C)."""
    import keras

    batches = [U[start : start + _BATCH] for start in range(0, len(U), _BATCH)]
    logits = [keras.ops.convert_to_numpy(model(each, training=False)) for each in batches]
    return np.concatenate(logits)


def _first_model(loaded: LoadedRun, snapshots: Snapshots | None) -> Any | None:
    """Return the model before the training, if it is certain that its weights are those of the run.

    They are drawn again from the seed, and compared with the predictions that the run kept.
    """
    trained = read_record(loaded.run)["environment"].get("backend")
    if snapshots is None or snapshots.epochs[0] != 0 or trained != chosen_backend():
        return None
    model = first_model(loaded.job)
    logits = logits_of(model, loaded.job.examples("validation").inputs(snapshots.indices))
    probabilities = np.exp(log_probabilities(logits)).max(axis=1)
    difference = float(np.abs(probabilities - snapshots.probabilities[0]).max())
    return model if difference <= _SAME_START else None
