"""Training loop.

A checkpoint has the complete state of the loop: weights, optimizer, random generators and
`LoopState`. The order of the images is a pure function of seed and epoch. So a resumed training has
the same bits as an uninterrupted one.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

import keras
import numpy as np

from stnctl.config.stages import stage_of_epoch
from stnctl.data.batches import Examples, batches, epoch_order
from stnctl.data.penalized_examples import PenalizedExamples
from stnctl.errors import DIVERGED_HINT, DivergedError, InputError
from stnctl.evaluation.batch_prediction import predict
from stnctl.evaluation.classification_metrics import Metrics, measure
from stnctl.evaluation.transformer_statistics import TransformerStatistics
from stnctl.models.job import Job
from stnctl.models.penalties import penalty_plan
from stnctl.models.predictor import predictor
from stnctl.models.processes import Processes, SingleDevice
from stnctl.models.state import (
    averaged_weights,
    restore_training_state,
    training_state_of,
)
from stnctl.models.stepping import WEIGHTS, Pace, Stepper, make_stepper
from stnctl.runs.checkpoint_reader import Checkpoint
from stnctl.runs.directory import RunDirectory
from stnctl.training.callbacks import Callback, EpochMetrics, Interrupted
from stnctl.training.checkpointing import Checkpointer, CheckpointSchedule, NoWriter, Writer
from stnctl.training.class_weights import class_weights_of
from stnctl.training.loop_state import BestEpoch, LoopState, steps_per_epoch
from stnctl.training.optimizer import compile_model
from stnctl.training.restart import check_restart, start_again
from stnctl.training.schedule_rates import rate_in_step
from stnctl.training.transformer_watch import TransformerWatch


class TrainLoop:
    """Training of a compiled model in a run directory. Its user must hold the lock of the run."""

    def __init__(
        self,
        model: keras.Model,
        job: Job,
        run: RunDirectory | None,
        callback: Callback,
        meta: Mapping[str, Any],
    ) -> None:
        """Store the arguments, with the loop state before the first step.

        Args:
            model: The compiled model, from U (B, H, W, C) to logits (B, num_classes).
            job: The configuration and the data.
            run: The run directory; None if another process writes it.
            callback: Receives the progress of the training, and can stop the training.
            meta: Further entries of each meta.json, see `Checkpointer`.
        """
        self.model = model
        self.job = job
        self.config = job.config
        self.run = run
        self.callback = callback
        schedule = CheckpointSchedule.parse(job.config.train.checkpoint_every)
        self.writer: Writer = NoWriter() if run is None else Checkpointer(run, schedule, meta)
        self.watch = TransformerWatch(model, job, run)
        self.state = LoopState()
        self.num_examples = len(job.view("train"))
        self.num_steps = steps_per_epoch(job.config.train, self.num_examples)
        self.class_weights = class_weights_of(job)
        self.pace = Pace()
        self.processes: Processes = SingleDevice()
        self._start_stage(0)

    def resume(self, checkpoint: Checkpoint | None) -> list[str]:
        """Restore the training state of a checkpoint, and remove the metrics of later epochs.

        Args:
            checkpoint: The newest valid checkpoint, or None if the run has none.

        Returns:
            Warnings. There is one if the checkpoint of the best epoch is missing or damaged.

        Raises:
            InputError: If the checkpoint does not fit the model, or its loop state is not valid.
        """
        if checkpoint is None:
            self.writer.start()
            return []
        state = LoopState.from_dict(checkpoint.meta.get("position"))
        if state.step != checkpoint.step:
            raise InputError(f"the checkpoint of step {checkpoint.step} declares step {state.step}")
        self._enter_stage(state.last_epoch)
        restore_training_state(self.model, checkpoint.arrays)
        self.state, warnings = self.writer.resume(state)
        self.watch.snapshots.resume(self.state.epoch)
        return warnings

    def distribute(self, processes: Processes, make_model: Callable[[], keras.Model]) -> None:
        """Continue on the devices of all processes, from the state of the first process.

        Args:
            processes: The processes; all of them call this method.
            make_model: Returns a new compiled model.

        Raises:
            InputError: If the state of the first process does not fit the model.
        """
        entries, arrays = processes.share_state(asdict(self.state), training_state_of(self.model))
        self.state = LoopState.from_dict(entries)
        with processes.computing():
            self.model = self.watch.model = make_model()
            self._start_stage(0)
            self._enter_stage(self.state.last_epoch)
            restore_training_state(self.model, arrays)
        self.processes = processes

    def train(self) -> LoopState:
        """Train to the last epoch or an early stop, and return the last loop state.

        A snapshot is taken before the first step. After each epoch, a snapshot is taken and a
        checkpoint is saved; further checkpoints are saved within epochs as configured.

        Raises:
            Interrupted: If the callback asks to stop; a checkpoint is saved first.
            DivergedError: If the loss or a weight is not finite, or if a transformer collapses and
                `train.on_collapse` stops the training; the last checkpoint is kept.
            EnvironmentFault: If a checkpoint can't be written; the last one is kept.
        """
        if self.state.step == 0:
            self._observe_start()
        while not self.state.is_over(self.config.train):
            if self.state.collapsed and self.config.train.on_collapse != "warn":
                self._start_again()
            self._enter_stage(self.state.epoch)
            self._train_epoch()
            self._finish_epoch()
            if self._should_stop():
                raise Interrupted(self.state.step)
        return self.state

    def _observe_start(self) -> None:
        with self.processes.computing():
            self.watch.observe(0)

    def _start_again(self) -> None:
        """Start again with other random weights after a collapse, if `train.on_collapse` allows."""
        check_restart(self.job, self.state)
        self.state = LoopState(restarts=self.state.restarts + 1)
        with self.processes.computing():
            start_again(self.model, self.job, self.state.restarts)
            self._start_stage(0)
        self.writer.restart()
        self.watch.snapshots.restart()
        self._observe_start()

    def _enter_stage(self, epoch: int) -> None:
        """Start the stage of an epoch with a new optimizer, unless it is the present one."""
        stage = stage_of_epoch(self.config.train, epoch)
        if stage != self.stage:
            with self.processes.computing():
                compile_model(self.model, stage.train, self.num_steps)
            self._start_stage(epoch)

    def _start_stage(self, epoch: int) -> None:
        """Set the stage of an epoch, for which the model is compiled."""
        self.stage = stage_of_epoch(self.config.train, epoch)
        self.stage_job = self.job.in_stage(self.stage)
        self.penalties = penalty_plan(self.stage_job)

    def _train_epoch(self) -> None:
        epoch, first_step = self.state.epoch, self.state.epoch_step
        self.callback.on_epoch_start(epoch + 1, first_step, self.num_steps)
        order = epoch_order(self.config.seed, epoch, self.num_examples)
        clock = time.monotonic()
        examples = self._training_examples(epoch)
        batch_size = self.config.train.batch_size
        place = self.processes.place
        part = place.index, place.count
        stepper = make_stepper(self.model, self.job.network, self.penalties)
        coming = batches(examples, order, batch_size, first_step, part)
        while group := list(islice(coming, self._num_steps(stepper))):
            self._train_group(stepper, group, clock)
            stopping = self._should_stop()
            within = self.state.epoch_step < self.num_steps  # _finish_epoch saves the end
            if stopping or (within and self.writer.is_due(self.state.step)):
                self.writer.save(self.state, self._finite_state())
            if stopping:
                raise Interrupted(self.state.step)
            clock = time.monotonic()

    def _training_examples(self, epoch: int) -> Examples:
        examples = self.stage_job.examples("train", epoch, compiled=True)
        if self.penalties is None:
            return examples
        return PenalizedExamples(examples, self.penalties.penalties, epoch)

    def _should_stop(self) -> bool:
        return self.processes.agree(self.callback.should_stop())

    def _num_steps(self, stepper: Stepper) -> int:
        """Return the number of steps of the next call: batches of one size, one checkpoint."""
        full = self.num_examples // self.config.train.batch_size - self.state.epoch_step
        due = self.writer.steps_left(self.state.step)
        return max(1, min(self.pace.num_steps, stepper.max_steps, full, due))

    def _train_group(
        self, stepper: Stepper, group: list[dict[str, np.ndarray]], clock: float
    ) -> None:
        """Train on batches of one size, whose rendering began at ``clock``.

        Each batch is the part of this process, see `stnctl.data.batches.batches`.
        """
        left = self.num_examples - self.state.epoch_step * self.config.train.batch_size
        num_images = min(self.config.train.batch_size, left)
        arrays = {name: np.stack([batch[name] for batch in group]) for name in group[0]}
        if self.class_weights is not None:
            arrays[WEIGHTS] = self.class_weights[arrays["labels"]]
        with self.processes.computing(divided=num_images == self.config.train.batch_size):
            results = stepper(arrays)
        seconds = (time.monotonic() - clock) / len(group)
        self.pace.add(seconds)
        for loss, accuracy in results.tolist():
            self.state = self.state.after_step(num_images, loss, accuracy, seconds)
            if not math.isfinite(loss):
                raise self._diverged(f"the loss became {loss}")
            self.callback.on_step(self.state.loss, self.state.accuracy)

    def _finish_epoch(self) -> None:
        arrays = self._finite_state()
        validation, statistics = self._validate()
        metrics = self._metrics(validation, statistics)
        candidate = BestEpoch(
            metrics.epoch, metrics.step, metrics.validation_loss, metrics.validation_accuracy
        )
        is_best = candidate.beats(self.state.best)
        self.writer.add_metrics(metrics)
        best = candidate if is_best else self.state.best or candidate
        self.state = self.state.after_epoch(best, collapsed=bool(metrics.collapses))
        self.writer.save(self.state, arrays)
        self.callback.on_epoch_end(metrics, best=is_best)

    def _validate(self) -> tuple[Metrics, dict[str, TransformerStatistics]]:
        """Return the metrics on the validation images, and the statistics of the transformers."""
        examples = self.job.examples("validation", compiled=True)
        with self.processes.computing(), averaged_weights(self.model):
            metrics = measure(predict(predictor(self.model), examples), examples.labels)
            if not math.isfinite(metrics.loss):
                raise self._diverged(f"the validation loss became {metrics.loss}")
            return metrics, self.watch.observe(self.state.epoch + 1)

    def _metrics(
        self, validation: Metrics, statistics: Mapping[str, TransformerStatistics]
    ) -> EpochMetrics:
        state = self.state
        return EpochMetrics(
            epoch=state.epoch + 1,
            step=state.step,
            loss=state.loss,
            accuracy=state.accuracy,
            validation_loss=validation.loss,
            validation_accuracy=validation.accuracy,
            seconds=state.seconds,
            images_per_second=state.num_images / max(state.seconds, 1e-9),
            transformers={name: each.row() for name, each in statistics.items()},
            collapses=tuple(self.watch.collapses(statistics, self.stage, state.epoch)),
        )

    def _finite_state(self) -> dict[str, np.ndarray]:
        """Return the model's state, if it is finite: a max-pool can hide NaN from the loss."""
        state = training_state_of(self.model)
        if not all(np.isfinite(array).all() for array in state.values()):
            raise self._diverged("a weight became infinite or NaN")
        return state

    def _diverged(self, problem: str) -> DivergedError:
        kept = "; earlier checkpoints are kept" if self.writer.has_checkpoints() else ""
        rate = rate_in_step(self.config.train, self.num_steps, self.state.step)
        return DivergedError(
            f"{problem} in step {self.state.step} (epoch {self.state.epoch + 1}) at learning "
            f"rate {rate:g}",
            hint=f"{DIVERGED_HINT}{kept}",
        )
