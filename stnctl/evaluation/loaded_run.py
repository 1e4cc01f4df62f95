"""Loaded run: a run with its data, its trained model, and its predictions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from stnctl.config.schema import Config
from stnctl.data.batches import BATCH_SIZE
from stnctl.data.dataset import Dataset
from stnctl.data.run_signature import is_signed_by_user
from stnctl.data.split_view import EpochExamples, SplitView
from stnctl.errors import DIVERGED_HINT, DivergedError, InputError
from stnctl.evaluation.batch_prediction import predict
from stnctl.models.job import Job
from stnctl.runs.directory import RunDirectory
from stnctl.runs.provenance import read_record

CHECKED = ("logits", "theta")
"""Results that must be finite. A point of the grid may be infinite: it is outside of U."""


@dataclass(frozen=True, eq=False)
class LoadedRun:
    """Run with its configuration, its data and a trained model.

    Attributes:
        run: The run directory.
        job: The configuration and the data set.
        model: A Keras model from U (B, H, W, C) to logits (B, num_classes).
        num_epochs: Number of finished epochs of the loaded checkpoint.
    """

    run: RunDirectory
    job: Job
    model: Any
    num_epochs: int

    @property
    def config(self) -> Config:
        """The configuration of the run."""
        return self.job.config

    @property
    def dataset(self) -> Dataset:
        """The data set on which the run was trained."""
        return self.job.dataset

    def view(self, split: str) -> SplitView:
        """Return a split with the distortion of the run.

        Args:
            split: "train", "validation" or "test".

        Raises:
            UsageError: If there is no such split.
        """
        return self.job.view(split, compiled=True)

    def examples(self, split: str) -> EpochExamples:
        """Return the examples of a split with the distortion of the run, in epoch 0.

        Args:
            split: "train", "validation" or "test".

        Raises:
            UsageError: If there is no such split.
        """
        return self.job.examples(split, compiled=True)

    def predict(
        self,
        examples: EpochExamples,
        indices: np.ndarray | None = None,
        *,
        intermediates: bool = False,
        thetas: bool = False,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> Any:
        """Return the outputs of the model, checked to be finite; otherwise as `predict`.

        Args:
            examples: The examples of an epoch.
            indices: Indices of the selected examples, (n,), default all.
            intermediates: Whether to return all outputs of `with_intermediates`, as a dict.
            thetas: Whether to return the outputs of `with_theta`, as a dict.
            progress: Called after each batch with the number of finished examples, and the total n.

        Returns:
            The logits (n, num_classes), or a dict with "logits" and the other outputs.

        Raises:
            DivergedError: If a logit or a parameter of theta is not finite.
            InputError: The same, for a run of another user.
        """
        compute = self._intermediates if intermediates else self._thetas
        outputs = predict(compute, examples, indices, progress=progress)
        named = outputs if isinstance(outputs, dict) else {"logits": outputs}
        for name, values in named.items():
            layer, _, result = name.rpartition("/")
            if result in CHECKED:
                self.check_finite(self.theta_name(layer) if layer else result, values)
        return named if intermediates or thetas else named["logits"]

    @cached_property
    def _intermediates(self) -> Callable[[np.ndarray], Any]:
        from stnctl.models.build import with_intermediates
        from stnctl.models.predictor import predictor

        return predictor(with_intermediates(self.model))

    @cached_property
    def _thetas(self) -> Callable[[np.ndarray], Any]:
        from stnctl.models.build import has_transformer, with_theta
        from stnctl.models.predictor import predictor

        return predictor(with_theta(self.model) if has_transformer(self.model) else self.model)

    def compile_predict(self, examples: EpochExamples) -> None:
        """Predict a batch of examples, so that a measured `predict` does not compile."""
        predict(self._thetas, examples, np.arange(min(BATCH_SIZE, len(examples))))

    def theta_name(self, layer: str) -> str:
        """Return "theta", with the layer of its transformer if the network has several."""
        several = len(self.job.network.transformers) > 1
        return f"theta of {layer}" if several else "theta"

    def check_finite(self, name: str, values: np.ndarray) -> None:
        """Check that all values of a result of the network are finite.

        Args:
            name: Name of the result, for the message.
            values: (n, k), the result for n images.

        Raises:
            DivergedError: If a value is not finite.
            InputError: The same, for a run of another user.
        """
        count = int((~np.isfinite(values)).any(axis=1).sum())
        if not count:
            return
        problem = (
            f"the network of {self.run.path}: expected finite {name}, got infinity or NaN for "
            f"{count} of {len(values)} images"
        )
        if is_signed_by_user(read_record(self.run)["data"]):
            raise DivergedError(f"{problem}: its training diverged", hint=DIVERGED_HINT)
        raise InputError(f"{problem}: its weights are unusable", hint="evaluate another run")
