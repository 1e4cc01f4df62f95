"""Watch on the transformers of a training: statistics after each epoch, and collapses."""

from collections.abc import Iterator, Mapping

import keras
import numpy as np

from stnctl.config.part_sections import ALWAYS
from stnctl.config.stages import Stage
from stnctl.evaluation.collapse import find_collapse
from stnctl.evaluation.transformer_statistics import TransformerStatistics, transformer_statistics
from stnctl.models.job import Job
from stnctl.runs.directory import RunDirectory
from stnctl.training.snapshot_taker import SnapshotTaker
from stnctl.training.validation_sample import ValidationSample


class TransformerWatch:
    """Observer of the transformers of a training, on the same validation images in each epoch.

    Without a transformer, it does nothing.
    """

    def __init__(self, model: keras.Model, job: Job, run: RunDirectory | None) -> None:
        """Choose the images.

        Args:
            model: The model, from U (B, H, W, C) to logits (B, num_classes).
            job: The configuration and the data.
            run: The run directory, to which snapshots are written. The caller must hold its lock.
                None if another process writes them.
        """
        self.model = model
        self.network = job.network
        self.sample = ValidationSample(job)
        self.snapshots = SnapshotTaker(self.sample, run)

    def observe(self, num_epochs: int) -> dict[str, TransformerStatistics]:
        """Take a snapshot, and return the statistics of each transformer by its name.

        There are none if a theta is not finite.

        Args:
            num_epochs: Number of finished epochs.

        Raises:
            EnvironmentFault: If the snapshot can't be written.
        """
        if not self.network.transformers:
            return {}
        outputs = self.sample.predict(self.model)
        self.snapshots.take(num_epochs, outputs)
        thetas = {each.name: outputs[f"{each.name}/theta"] for each in self.network.transformers}
        if not all(np.isfinite(theta).all() for theta in thetas.values()):
            return {}
        sample = self.sample
        return transformer_statistics(self.network, sample.inputs, thetas, sample.drawn)

    def collapses(
        self, statistics: Mapping[str, TransformerStatistics], stage: Stage, epoch: int
    ) -> Iterator[str]:
        """Yield a sentence about each transformer that has collapsed.

        Args:
            statistics: The result of `observe` after an epoch.
            stage: The stage of the epoch.
            epoch: The epoch, from 0.
        """
        is_trained = _trains_localization(stage, epoch)
        for each in self.network.transformers:
            if each.name in statistics:
                height, width, _ = each.U.shape
                found = find_collapse(
                    each.name, statistics[each.name], (height, width), is_trained=is_trained
                )
                if found is not None:
                    yield str(found)


def _trains_localization(stage: Stage, epoch: int) -> bool:
    """Return whether the localization networks are trained throughout an epoch of a stage."""
    period = stage.train.freeze.localization
    if period is None:
        return True
    number, _, unit = period.partition(" ")
    return period != ALWAYS and unit == "epochs" and epoch - stage.first_epoch >= int(number)
