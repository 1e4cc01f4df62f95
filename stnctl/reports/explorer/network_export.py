"""Export of a run to the page of the explorer: network, weights, digits and training as JSON."""

from collections.abc import Callable
from typing import Any

import numpy as np

from stnctl.errors import InputError
from stnctl.evaluation.classification_metrics import (
    cross_entropy,
    log_probabilities,
    measure,
)
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.inspection.examples import sum_terms
from stnctl.models.job import Job
from stnctl.reports.explorer.digit_choice import choose_digits
from stnctl.reports.explorer.digit_sprite import eight_bit, sprite_document
from stnctl.reports.explorer.network_document import missing_parts, network_document
from stnctl.reports.explorer.page_models import PageModel, logits_of, page_models
from stnctl.reports.explorer.page_weights import planned_dtypes, weights_document
from stnctl.reports.explorer.run_facts import run_facts
from stnctl.reports.explorer.training_document import page_snapshots, training_document
from stnctl.runs.snapshots import Snapshots
from stnctl.storage.json_files import json_bytes

SPLIT = "test"
NUM_DIGITS = 200
_SPRITE_SHARE = 0.35
"""Share of the room that the digits may have."""

_SLOW = 150_000_000
"""Number of multiply-adds from which the page is not fluent: about half a second for a digit."""


def export_run(
    loaded: LoadedRun,
    *,
    checkpoint: str = "best",
    max_bytes: int,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Return a run as plain data for the page.

    ``notes`` in the result lists what the page can't show of the run, in words.

    Args:
        loaded: The run.
        checkpoint: Name of the loaded checkpoint, "best" or "last".
        max_bytes: Maximum size of the JSON text.
        progress: Called with the number of evaluated test images, and the total.

    Raises:
        DivergedError: If a logit or a parameter of theta is not finite.
        InputError: The same, for a run of another user; or if a file of the run is damaged.
    """
    job = loaded.job
    notes: list[str] = []
    examples = loaded.examples(SPLIT)
    logits = loaded.predict(examples, progress=progress)
    losses = cross_entropy(logits, examples.labels)
    document: dict[str, Any] = {
        "name": loaded.run.name,
        "facts": run_facts(loaded, float(measure(logits, examples.labels).accuracy)),
        "pixels": loaded.config.data.pixels,
        "imageSize": list(examples.view.split.images.shape[1:3]),
        "multiplyAdds": job.network.multiply_adds,
        "classes": list(job.class_names),
        "drawing": reason_not_to_draw(job),
        "network": network_document(job.network, loaded.config.model),
        "notes": notes,
    }
    chosen, num_worst = choose_digits(examples.labels, losses, NUM_DIGITS)
    chosen, sprite = _fitting_sprite(examples, chosen, round(_SPRITE_SHARE * max_bytes))
    if len(chosen) < min(NUM_DIGITS, len(examples)):
        notes.append(f"The images are large, so the page has {len(chosen)} of them.")
    terms = sum_terms(examples, chosen)
    probabilities = np.exp(log_probabilities(logits[chosen]))
    document["digits"] = sprite | {
        "indices": chosen.tolist(),
        "labels": examples.labels[chosen].tolist(),
        "terms": None if terms is None else terms.tolist(),
        "predicted": logits[chosen].argmax(axis=1).tolist(),
        "probabilities": np.round(probabilities.max(axis=1), 4).tolist(),
        "numWorst": min(num_worst, len(chosen)),
    }
    snapshots = _snapshots(loaded, notes)
    document["training"] = None if snapshots is None else training_document(job, snapshots)
    document["checkpoints"], document["shown"] = [], 0
    if missing := missing_parts(job.network):
        notes.append(
            f"The page can't compute {' and '.join(missing)}, so this network does not run in it."
        )
    else:
        room = max_bytes - len(json_bytes(document))
        U = examples.inputs(chosen)
        models = page_models(loaded, checkpoint, snapshots, notes)
        document |= _checkpoints(loaded, models, U, logits[chosen], room, notes)
    if job.network.multiply_adds > _SLOW:
        notes.append("The network is large: the page needs more than half a second for a digit.")
    return document


def reason_not_to_draw(job: Job) -> str | None:
    """Return the reason why the user can't draw an input, as a sentence; None if it is possible."""
    channels = job.input_shape[2]
    if channels == 1:
        return None
    if channels == 3:
        return "This network reads color images, so you can't draw one: choose one of the run's."
    return (
        f"This network reads {channels} maps at once, so you can't draw: choose one of the run's."
    )


def _fitting_sprite(
    examples: Any, chosen: np.ndarray, max_bytes: int
) -> tuple[np.ndarray, dict[str, Any]]:
    """Return the digits for which there is room, at least one, and their sprite."""
    pixels = examples.view.pixels
    while True:
        sprite = sprite_document(examples.inputs(chosen), pixels)
        size = len(sprite["url"])
        if size <= max_bytes or len(chosen) == 1:
            return chosen, sprite
        chosen = chosen[: max(1, int(0.95 * len(chosen) * max_bytes / size))]


def _snapshots(loaded: LoadedRun, notes: list[str]) -> Snapshots | None:
    if not loaded.job.network.transformers:
        return None
    try:
        snapshots = page_snapshots(loaded.run, loaded.job)
    except InputError as error:
        notes.append(f"The page does not show the training: {error}.")
        return None
    if snapshots is None:
        notes.append(
            "The run kept no thetas of its epochs, so the page does not show the training."
        )
    return snapshots


def _checkpoints(
    loaded: LoadedRun,
    models: list[PageModel],
    U: np.ndarray,
    logits: np.ndarray,
    room: int,
    notes: list[str],
) -> dict[str, Any]:
    """Return the checkpoints with their weights, and the index of the loaded one."""
    network, pixels = loaded.job.network, loaded.config.data.pixels
    shown = next(index for index, each in enumerate(models) if each.model is loaded.model)
    dtypes = planned_dtypes(network, len(models), shown, room)
    if dtypes[shown] is None:
        notes.append(
            f"The network has {network.parameters:,} parameters, too many for the page, so it does "
            "not run here."
        )
        return {"checkpoints": [], "shown": 0}
    rounded = eight_bit(U, pixels)
    documents: list[dict[str, Any]] = []
    for page_model, dtype in zip(models, dtypes, strict=True):
        if dtype is None:
            notes.append(f"There is no room for the weights: {page_model.title}.")
            continue
        is_shown = page_model.model is loaded.model
        expected = logits if is_shown else logits_of(page_model.model, U)
        shown = len(documents) if is_shown else shown
        documents.append(weights_document(network, page_model, dtype, rounded, expected))
    return {"checkpoints": documents, "shown": shown}
