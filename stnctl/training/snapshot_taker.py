"""Snapshots during a training: theta and prediction of a few validation images."""

from collections import Counter
from functools import cached_property

import keras
import numpy as np

from stnctl.data.batches import epoch_order
from stnctl.errors import InputError
from stnctl.evaluation.classification_metrics import log_probabilities
from stnctl.evaluation.predict import predict
from stnctl.models.build import with_theta
from stnctl.models.job import Job
from stnctl.models.predictor import predictor
from stnctl.runs.directory import RunDirectory
from stnctl.runs.snapshots import Snapshots, planned_size, read_snapshots, write_snapshots


class SnapshotTaker:
    """Writer of the snapshots of a run. Without a transformer, it writes none.

    The weights and the random generators of the model stay as they are.
    """

    def __init__(self, model: keras.Model, job: Job, run: RunDirectory | None) -> None:
        """Choose the examples.

        Args:
            model: The model, from U (B, H, W, C) to logits (B, num_classes).
            job: The configuration and the data.
            run: The run directory. The caller must hold its lock. None if another process writes
                the snapshots; this one then only computes them.
        """
        self.model = model
        self.job = job
        self.run = run
        self.num_params = {
            each.name: each.sampling.family.num_params for each in job.network.transformers
        }
        wanted = min(job.config.train.snapshots, len(job.view("validation")))
        self.num_examples, self.max_epochs = planned_size(wanted, self.num_params)
        self.snapshots: Snapshots | None = None

    @cached_property
    def indices(self) -> np.ndarray:
        """Indices of the examples in the validation split, (n,), int64."""
        labels = self.job.examples("validation").labels
        return spread_indices(labels, self.num_examples, self.job.config.data.test_seed)

    def resume(self, num_epochs: int) -> None:
        """Remove the snapshots after an epoch from the file. A damaged file is replaced later."""
        if self.run is None:
            return
        try:
            found = read_snapshots(self.run)
        except InputError:
            return
        if found is None or not self._fits(found):
            return
        found = found.until(num_epochs)
        if len(found.epochs):
            self.snapshots = found
            write_snapshots(self.run, found)

    def take(self, num_epochs: int) -> None:
        """Add the snapshot after an epoch to the file, unless a theta is not finite.

        Args:
            num_epochs: Number of finished epochs.

        Raises:
            EnvironmentFault: If the file can't be written.
        """
        if not self.num_examples:
            return
        examples = self.job.examples("validation", compiled=True)
        outputs = predict(predictor(self._with_theta), examples, self.indices)
        log_shares = log_probabilities(outputs["logits"])
        taken = Snapshots(
            self.indices,
            np.array([num_epochs]),
            log_shares.argmax(axis=1).astype("int32")[None],
            np.exp(log_shares.max(axis=1)).astype("float32")[None],
            {name: outputs[f"{name}/theta"].astype("float32")[None] for name in self.num_params},
        )
        if not all(np.isfinite(theta).all() for theta in (log_shares, *taken.thetas.values())):
            return
        if self.run is None:
            return
        before = self.snapshots
        self.snapshots = taken if before is None else before.added(taken, self.max_epochs)
        write_snapshots(self.run, self.snapshots)

    @cached_property
    def _with_theta(self) -> keras.Model:
        return with_theta(self.model)

    def _fits(self, found: Snapshots) -> bool:
        """Return whether snapshots are of the same examples and transformers."""
        sizes = {name: theta.shape[2] for name, theta in found.thetas.items()}
        return sizes == self.num_params and np.array_equal(found.indices, self.indices)


def spread_indices(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return the indices of random examples, with as many different labels as possible.

    Args:
        labels: The labels of all examples, (N,).
        count: Number of indices n, at most N.
        seed: Seed of the choice.

    Returns:
        The indices, (n,), int64, in the order of their labels.
    """
    order = epoch_order(seed, 0, len(labels))
    seen: Counter[int] = Counter()
    ranks = []
    for label in labels[order].tolist():
        ranks.append(seen[label])
        seen[label] += 1
    chosen = order[np.argsort(ranks, kind="stable")[:count]]
    return chosen[np.argsort(labels[chosen], kind="stable")]
