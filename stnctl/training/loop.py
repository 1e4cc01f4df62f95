"""The training loop.

Its state is a checkpoint and nothing else: weights, optimizer, random generators, and the
position. The order of the images is a pure function of (seed, epoch), so that a training
that was stopped goes on as if it never was.
"""

import math
import time
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from stnctl.config.schema import Config
from stnctl.data.batches import batches, epoch_order
from stnctl.data.dataset import Dataset
from stnctl.errors import DivergedError, InputError
from stnctl.evaluation.classification_metrics import Metrics, measure
from stnctl.evaluation.predict import predict
from stnctl.evaluation.run_loader import compiled_view
from stnctl.models.state import averaged_weights, restore_training_state, training_state_of
from stnctl.runs.checkpoint_reader import Checkpoint
from stnctl.runs.directory import RunDirectory
from stnctl.runs.metrics import append_metrics, append_times
from stnctl.training.callbacks import Callback, EpochMetrics, Interrupted, steps_per_epoch
from stnctl.training.checkpointing import Checkpointer, CheckpointSchedule
from stnctl.training.loop_state import BestEpoch, LoopState
from stnctl.training.optimizer import learning_rate_of


class TrainLoop:
    """One training of a compiled model in a run directory, whose lock the caller holds."""

    def __init__(
        self,
        model: keras.Model,
        dataset: Dataset,
        config: Config,
        run: RunDirectory,
        observer: Callback,
        facts: Mapping[str, Any],
    ) -> None:
        """Keep the parts, and the facts that each commit tells; stand at the start."""
        self.model = model
        self.view = compiled_view(config, dataset, "train")
        self.validation = compiled_view(config, dataset, "validation").examples()
        self.config = config
        self.run = run
        self.observer = observer
        self.keeper = Checkpointer(
            run, CheckpointSchedule.parse(config.train.checkpoint_every), facts
        )
        self.position = LoopState()
        self.num_steps = steps_per_epoch(config, len(self.view))

    def resume(self, checkpoint: Checkpoint | None) -> list[str]:
        """Go to where ``checkpoint`` was committed; rows of unfinished epochs are dropped.

        Args:
            checkpoint: The newest one, or None if there is none yet.

        Returns:
            A warning, if the best epoch so far has lost its commit.

        Raises:
            InputError: If the checkpoint does not fit the model, or contradicts itself.
        """
        if checkpoint is None:
            self.keeper.start()
            return []
        position = LoopState.from_dict(checkpoint.meta.get("position"))
        if position.step != checkpoint.step:
            raise InputError(
                f"the checkpoint of step {checkpoint.step} says that it is of step {position.step}"
            )
        restore_training_state(self.model, checkpoint.arrays)
        self.position, warnings = self.keeper.resume(position)
        return warnings

    def train(self) -> LoopState:
        """Train to the last epoch, or as long as patience lasts, with a commit after each.

        Raises:
            Interrupted: If the observer asked to stop; the state is committed first.
            DivergedError: If the loss or a weight is not finite; the last commit stays.
            EnvironmentFault: If a commit can't be written; the last one stays.
        """
        while not self.position.is_over(self.config.train):
            self._steps()
            self._finish_epoch()
            if self.observer.should_stop():
                raise Interrupted(self.position.step)
        return self.position

    def _steps(self) -> None:
        epoch, first_step = self.position.epoch, self.position.epoch_step
        self.observer.on_epoch_start(epoch + 1, first_step, self.num_steps)
        order = epoch_order(self.config.seed, epoch, len(self.view))
        clock = time.monotonic()
        examples = self.view.examples(epoch)
        for U, labels in batches(examples, order, self.config.train.batch_size, first_step):
            self._step(U, labels, clock)
            self.observer.on_step(self.position.loss, self.position.accuracy)
            stopping = self.observer.should_stop()
            if stopping or self._is_commit_due():
                self.keeper.save(self.position, self._finite_state())
            if stopping:
                raise Interrupted(self.position.step)
            clock = time.monotonic()

    def _is_commit_due(self) -> bool:
        """Return whether to commit within an epoch; its end is committed with its validation."""
        return self.position.epoch_step < self.num_steps and self.keeper.is_due(self.position.step)

    def _step(self, U: np.ndarray, labels: np.ndarray, clock: float) -> None:
        """Train on U (B, H, W, C) and labels (B,), which began to be made at ``clock``."""
        logs = self.model.train_on_batch(U, labels, return_dict=True)
        loss, accuracy = float(logs["loss"]), float(logs["accuracy"])
        seconds = time.monotonic() - clock
        self.position = self.position.after_step(len(labels), loss, accuracy, seconds)
        self._check_finite(loss)

    def _finish_epoch(self) -> None:
        state = self._finite_state()
        validation = self._validate()
        row = self._row(validation)
        candidate = BestEpoch(row.epoch, row.step, validation.loss, validation.accuracy)
        best = self.position.best
        if best is None or candidate.beats(best):
            best = candidate
        append_times(self.run, row.times())
        append_metrics(self.run, row.numbers())
        self.position = self.position.after_epoch(best)
        self.keeper.save(self.position, state)
        self.observer.on_epoch_end(row, best=best is candidate)

    def _validate(self) -> Metrics:
        with averaged_weights(self.model):
            logits = predict(self.model, self.validation)
        metrics = measure(logits, self.validation.labels)
        self._check_finite(metrics.loss)
        return metrics

    def _row(self, validation: Metrics) -> EpochMetrics:
        done = self.position
        return EpochMetrics(
            epoch=done.epoch + 1,
            step=done.step,
            loss=done.loss,
            accuracy=done.accuracy,
            validation_loss=validation.loss,
            validation_accuracy=validation.accuracy,
            seconds=done.seconds,
            images_per_second=done.num_images / max(done.seconds, 1e-9),
        )

    def _check_finite(self, loss: float) -> None:
        if not math.isfinite(loss):
            raise self._diverged(f"the loss became {loss}")

    def _finite_state(self) -> dict[str, np.ndarray]:
        """Return the model's state, if it is finite: a max-pool hides NaN from the loss."""
        state = training_state_of(self.model)
        if not all(np.isfinite(array).all() for array in state.values()):
            raise self._diverged("weights became not finite")
        return state

    def _diverged(self, what: str) -> DivergedError:
        rate = learning_rate_of(self.config.train, self.num_steps, self.position.step)
        return DivergedError(
            f"{what} in step {self.position.step} (epoch {self.position.epoch + 1}) at learning "
            f"rate {rate:g}",
            hint="start a new run with a lower train.learning_rate; commits before it are kept",
        )
