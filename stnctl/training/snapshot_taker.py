"""Snapshots during a training: theta and prediction of a few validation images."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from stnctl.errors import InputError
from stnctl.evaluation.classification_metrics import log_probabilities
from stnctl.runs.directory import RunDirectory
from stnctl.runs.snapshots import Snapshots, planned_size, read_snapshots, write_snapshots
from stnctl.training.validation_sample import ValidationSample


class SnapshotTaker:
    """Writer of the snapshots of a run. Without a transformer, it writes none."""

    def __init__(self, sample: ValidationSample, run: RunDirectory | None) -> None:
        """Choose the examples.

        Args:
            sample: The observed validation images.
            run: The run directory. The caller must hold its lock. None if another process writes
                the snapshots.
        """
        self.sample = sample
        self.run = run
        job = sample.job
        self.num_params = {
            each.name: each.sampling.family.num_params for each in job.network.transformers
        }
        wanted = min(job.config.train.snapshots, len(job.view("validation")))
        self.num_examples, self.max_epochs = planned_size(wanted, self.num_params)
        self.snapshots: Snapshots | None = None

    @cached_property
    def indices(self) -> np.ndarray:
        """Indices of the examples in the validation split, (n,), int64."""
        return self.sample.spread(self.num_examples)

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

    def restart(self) -> None:
        """Leave out all earlier snapshots from the file that the next one writes."""
        self.snapshots = None

    def take(self, num_epochs: int, outputs: Mapping[str, np.ndarray]) -> None:
        """Add the snapshot after an epoch to the file, unless a theta is not finite.

        Args:
            num_epochs: Number of finished epochs.
            outputs: The result of `ValidationSample.predict`.

        Raises:
            EnvironmentFault: If the file can't be written.
        """
        if not self.num_examples or self.run is None:
            return
        rows = np.isin(self.sample.indices, self.indices)
        log_shares = log_probabilities(outputs["logits"][rows])
        taken = Snapshots(
            self.indices,
            np.array([num_epochs]),
            log_shares.argmax(axis=1).astype("int32")[None],
            np.exp(log_shares.max(axis=1)).astype("float32")[None],
            {
                name: outputs[f"{name}/theta"][rows].astype("float32")[None]
                for name in self.num_params
            },
        )
        if not all(np.isfinite(theta).all() for theta in (log_shares, *taken.thetas.values())):
            return
        before = self.snapshots
        self.snapshots = taken if before is None else before.added(taken, self.max_epochs)
        write_snapshots(self.run, self.snapshots)

    def _fits(self, found: Snapshots) -> bool:
        """Return whether snapshots are of the same examples and transformers."""
        sizes = {name: theta.shape[2] for name, theta in found.thetas.items()}
        return sizes == self.num_params and np.array_equal(found.indices, self.indices)
