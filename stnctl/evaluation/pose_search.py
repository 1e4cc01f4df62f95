"""Search over poses of the input images at test time.

Each image is also rendered with a further distortion, such as a rotation, at each value of a range.
The idea is that of Schmidt, Stober: Tilt your head: activating the hidden spatial-invariance of
classifiers (ICML 2024), who search a tree of several quantities.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from stnctl.config.choices import SEARCH_COMBINATIONS
from stnctl.data.distortions.counter_rng import CounterRNG
from stnctl.data.distortions.distortion_spec import DistortionSpec
from stnctl.data.distortions.drawing import draw_distortions
from stnctl.data.split_view import EpochExamples
from stnctl.evaluation.classification_metrics import log_probabilities
from stnctl.evaluation.distortion_sweep import Sweep, sweep_step
from stnctl.evaluation.loaded_run import LoadedRun


@dataclass(frozen=True)
class PoseSearch:
    """Values of one quantity, at each of which all images are classified.

    Attributes:
        text: The search as the user wrote it.
        sweep: The quantity and its values.
        combination: A key of `COMBINATIONS`.
    """

    text: str
    sweep: Sweep
    combination: str


def search_poses(
    loaded: LoadedRun,
    examples: EpochExamples,
    search: PoseSearch,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> np.ndarray:
    """Return the log-probabilities of all examples after a search, (N, K), float64.

    Args:
        loaded: The run.
        examples: The examples.
        search: The search.
        progress: Called with the number of classified images, and the total over all values.

    Raises:
        UsageError: If a value is out of range.
        DivergedError: If a logit is not finite.
        InputError: The same, for a run of another user.
    """
    found = []
    total = len(search.sweep.values) * len(examples)
    for number, value in enumerate(search.sweep.values):
        report = partial(_report, progress, number * len(examples), total)
        changed = _changed(examples, search.sweep.name, value)
        found.append(log_probabilities(loaded.predict(changed, progress=report)))
    return COMBINATIONS[search.combination](np.stack(found))


def _changed(examples: EpochExamples, name: str, value: float) -> EpochExamples:
    """Return the examples with a further distortion of their canvas at one value."""
    height, width, _ = examples.view.input_shape
    spec = DistortionSpec((sweep_step(name, value),))
    rng = CounterRNG(examples.view.seed, examples.view.name)
    [drawn] = draw_distortions(spec, rng, len(examples), (height, width))
    return examples.changed(drawn.theta_stages)


def _report(
    progress: Callable[[int, int], None], offset: int, total: int, done: int, _of_these: int
) -> None:
    progress(offset + done, total)


def _most_confident(found: np.ndarray) -> np.ndarray:
    """Return the most confident of several log-probabilities (V, N, K), as (N, K)."""
    best = found.max(axis=2).argmax(axis=0)
    chosen: np.ndarray = found[best, np.arange(found.shape[1])]
    return chosen


def _mean(found: np.ndarray) -> np.ndarray:
    """Return the logarithm of the mean of probabilities, from their logarithms (V, N, K)."""
    mean: np.ndarray = np.logaddexp.reduce(found, axis=0) - np.log(len(found))
    return mean


COMBINATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = dict(
    zip(SEARCH_COMBINATIONS, (_most_confident, _mean), strict=True)
)
"""Name -> function from log-probabilities at all values, (V, N, K), to those of the search."""
