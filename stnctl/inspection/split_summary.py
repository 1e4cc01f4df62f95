"""Summary of a whole split: predictions, poses of the transformers, and mean images of the classes.

The images are predicted in chunks, so that U, V and the grids of a chunk only are in memory.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from stnctl.data.split_view import EpochExamples
from stnctl.evaluation.alignment import Alignment, align, drawn_poses
from stnctl.evaluation.loaded_run import LoadedRun
from stnctl.evaluation.poses import chained, pose_of
from stnctl.inspection.transformer_headings import transformer_headings
from stnctl.models.traced_transformer import TracedTransformer

_CHUNK = 1024


@dataclass(frozen=True, eq=False)
class TransformerSummary:
    """Results of one transformer that samples the input image, for a whole split.

    Attributes:
        title: Its heading in words, such as ``affine``.
        poses: (N, 3, 3), the affine maps nearest to its grids, from pixels of V to pixels of the
            input image, both measured from the center.
        class_means: (K, H', W', C), the mean of V for each class.
        alignments: The parts of the pose that the drawn distortion changes; empty if the distortion
            is unknown, or is not an affine map.
    """

    title: str
    poses: np.ndarray
    class_means: np.ndarray
    alignments: list[Alignment]


@dataclass(frozen=True, eq=False)
class SplitSummary:
    """Results of a run for a whole split.

    Attributes:
        logits: (N, K).
        labels: (N,).
        class_means: (K, H, W, C), the mean of U for each class; zeros for a class without images.
        transformers: The transformers that sample the input image, in the order of the network.
    """

    logits: np.ndarray
    labels: np.ndarray
    class_means: np.ndarray
    transformers: list[TransformerSummary]


def summarize_split(
    loaded: LoadedRun,
    examples: EpochExamples,
    *,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> SplitSummary:
    """Return the summary of all examples.

    Args:
        loaded: The run.
        examples: The examples of an epoch.
        progress: Called after each batch, with the number of finished images and the total.

    Raises:
        DivergedError: If a logit or a parameter of theta is not finite.
        InputError: The same, for a run of another user.
    """
    shown = [each for each in loaded.job.network.transformers if each.chain is not None]
    num_classes, total = loaded.job.num_classes, len(examples)
    means = {name: _ClassMeans(num_classes) for name in ("U", *(each.name for each in shown))}
    logits: list[np.ndarray] = []
    poses: dict[str, list[np.ndarray]] = {each.name: [] for each in shown}
    for start in range(0, total, _CHUNK):
        indices = np.arange(start, min(start + _CHUNK, total))
        outputs = loaded.predict(
            examples,
            indices,
            intermediates=True,
            progress=partial(_report, progress, start, total),
        )
        labels = examples.labels[indices]
        logits.append(outputs["logits"])
        means["U"].add(examples.inputs(indices), labels)
        for each in shown:
            means[each.name].add(outputs[f"{each.name}/V"], labels)
            poses[each.name].append(pose_of(each, outputs[f"{each.name}/grid"]))
    total_poses = chained(shown, {name: np.concatenate(each) for name, each in poses.items()})
    drawn = drawn_poses(examples)
    headings = transformer_headings(loaded.job.network.transformers, loaded.config.model)
    titles = dict(
        zip((each.name for each in loaded.job.network.transformers), headings, strict=True)
    )

    def summary(each: TracedTransformer) -> TransformerSummary:
        total_pose = total_poses[each.name]
        alignments = [] if drawn is None else align(drawn, total_pose)
        title = ", ".join(titles[each.name])
        return TransformerSummary(title, total_pose, means[each.name].values(), alignments)

    return SplitSummary(
        np.concatenate(logits), examples.labels, means["U"].values(), [summary(e) for e in shown]
    )


def _report(
    progress: Callable[[int, int], None], start: int, total: int, done: int, _chunk: int
) -> None:
    progress(start + done, total)


class _ClassMeans:
    """Running mean of the maps of each class."""

    def __init__(self, num_classes: int) -> None:
        self._counts = np.zeros(num_classes)
        self._sums: np.ndarray | None = None

    def add(self, maps: np.ndarray, labels: np.ndarray) -> None:
        """Add maps (n, H, W, C) of the classes ``labels`` (n,)."""
        if self._sums is None:
            self._sums = np.zeros((len(self._counts), *maps.shape[1:]))
        np.add.at(self._sums, labels, maps)
        np.add.at(self._counts, labels, 1)

    def values(self) -> np.ndarray:
        """Return the means, (K, H, W, C); zeros for a class without maps."""
        if self._sums is None:
            raise ValueError("there are no maps")
        means: np.ndarray = self._sums / np.maximum(self._counts, 1)[:, None, None, None]
        return means
