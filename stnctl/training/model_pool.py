"""Compiled model of a process that trains several runs: runs that differ in the seed share it.

The backend traces and compiles a model only once. The weights of each run are drawn as without a
pool, so that the results have the same bits.
"""

import keras
import numpy as np

from stnctl.config.fingerprint import fingerprint
from stnctl.models.backend import forget_models
from stnctl.models.build import build_model
from stnctl.models.job import Job
from stnctl.models.state import OPTIMIZER, restore_training_state, training_state_of, weights_of
from stnctl.training.setup import compile_for_first_stage, make_model


class ModelPool:
    """Pool of one model, that of the last run.

    Attributes:
        model: The model; None before the first run.
    """

    def __init__(self) -> None:
        """Create an empty pool."""
        self.model: keras.Model | None = None
        self._key: object = None
        self._optimizer: dict[str, np.ndarray] = {}

    def make(self, job: Job) -> keras.Model:
        """Return the compiled model of a job with its initial weights, as `make_model` does.

        The model of an earlier job is changed, so its training must have ended.
        """
        is_new = self._key != _key(job)
        model = self.compiled(job)
        if not is_new:
            if job.config.train.stages:  # the model is compiled for the last one
                compile_for_first_stage(model, job)
            weights = weights_of(build_model(job.config, job.network))
            restore_training_state(model, weights | self._optimizer)
        return model

    def compiled(self, job: Job) -> keras.Model:
        """Return the compiled model of a job with any weights."""
        if self.model is None or self._key != _key(job):
            self.model = None
            forget_models()
            self.model, self._key = make_model(job), _key(job)
            state = training_state_of(self.model)
            self._optimizer = {name: state[name] for name in state if name.startswith(OPTIMIZER)}
        return self.model


def _key(job: Job) -> object:
    """Return a value that is equal for jobs with equal models but for the weights."""
    config = job.config.model_copy(update={"seed": 0})
    return fingerprint(config), job.input_shape, job.num_classes, len(job.view("train"))
