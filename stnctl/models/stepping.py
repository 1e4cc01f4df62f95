"""Training steps: batches to gradients, and updates of the weights."""

from collections.abc import Mapping
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import keras
import numpy as np

from stnctl.models.backend import parts_of_batch
from stnctl.models.network import Network
from stnctl.models.penalties import PenaltyPlan
from stnctl.models.training_model import training_model

CALL_SECONDS = 0.1
"""Time after which a training looks for a request to stop, if a step is shorter."""

WEIGHTS = "weights"
"""Name of the weights of the images in the loss, (B,), float32."""


class Stepper(Protocol):
    """Trainer of a compiled model for one or more steps.

    Attributes:
        max_steps: Maximum number of steps of a call.
        optimizer: The optimizer of the model.
    """

    max_steps: int
    optimizer: keras.optimizers.Optimizer

    def __call__(self, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
        """Update the weights in n steps. The result does not depend on the steps of each call.

        Args:
            arrays: The arrays of one batch for each step, (n, B, ...), by their names: `U`,
                `labels`, those of the penalties, and `WEIGHTS` unless they are equal.

        Returns:
            The loss with penalties and the accuracy, 0 to 1, of each batch before its update,
            (n, 2).
        """


def make_stepper(model: keras.Model, network: Network, plan: PenaltyPlan | None = None) -> Stepper:
    """Return the stepper of a compiled model. Each model has a single one for its optimizer.

    Args:
        model: A model from `stnctl.training.setup.make_model`.
        network: The trace of its network.
        plan: The penalties; None for none.
    """
    if model not in _steppers or _steppers[model].optimizer is not model.optimizer:
        kind = _DividedStepper if keras.config.backend() == "tensorflow" else KerasStepper
        _steppers[model] = kind(model, network, plan)
    return _steppers[model]


class Pace:
    """Pace of a training: the number of steps of a call that takes about `CALL_SECONDS`.

    Attributes:
        num_steps: The number, from the duration of the last call; 1 before the first one.
    """

    def __init__(self) -> None:
        """Start with one step."""
        self.num_steps = 1

    def add(self, seconds: float) -> None:
        """Set the number of steps from the duration of a step, in seconds."""
        self.num_steps = max(1, int(CALL_SECONDS / max(seconds, 1e-6)))


class KerasStepper:
    """Stepper by Keras, one step in a call."""

    max_steps = 1

    def __init__(
        self, model: keras.Model, network: Network, plan: PenaltyPlan | None = None
    ) -> None:
        """Store the arguments, which are those of `make_stepper`."""
        self.optimizer = model.optimizer
        self._has_penalties = plan is not None
        self._model = training_model(model, network, 1, plan)
        self._model.compile(model.optimizer, model.loss, metrics=["accuracy"])

    def __call__(self, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
        """Update the weights as `Stepper` describes."""
        batch = {name: array[0] for name, array in arrays.items()}
        weights, labels = batch.pop(WEIGHTS, None), batch["labels"]
        inputs = batch if self._has_penalties else batch["U"]
        logs = self._model.train_on_batch(inputs, labels, weights, return_dict=True)
        return np.array([[float(logs["loss"]), float(logs["accuracy"])]])


class _DividedStepper:
    """Stepper by TensorFlow, which divides each batch, and loops over the steps in its graph.

    It refers to the layers and the optimizer, not to the model, so the model can be released.
    """

    max_steps = 16

    def __init__(
        self, model: keras.Model, network: Network, plan: PenaltyPlan | None = None
    ) -> None:
        self._layers = keras.Model(model.input, model.output)
        self._network = network
        self._plan = plan
        self.optimizer = model.optimizer
        self._loss = model.loss
        self._variables = model.trainable_variables
        self._functions: dict[tuple[int, bool], Any] = {}

    def __call__(self, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
        key = arrays["U"].shape[1], WEIGHTS in arrays
        if key not in self._functions:
            self._functions[key] = self._compiled(arrays)
        result: np.ndarray = self._functions[key](dict(arrays)).numpy()
        return result

    def _compiled(self, arrays: Mapping[str, np.ndarray]) -> Any:
        """Return the compiled function of arrays like these, with any number of steps."""
        import tensorflow as tf

        size = arrays["U"].shape[1]
        model = training_model(self._layers, self._network, parts_of_batch(size), self._plan)

        def train(batches: Mapping[str, Any]) -> Any:
            num_steps = tf.shape(batches["U"])[0]

            def step(k: Any, results: Any) -> Any:
                batch = {name: each[k] for name, each in batches.items()}
                return k + 1, results.write(k, self._step(model, batch))

            results = tf.TensorArray(tf.float32, num_steps, element_shape=(2,))
            _, results = tf.while_loop(
                lambda k, _: k < num_steps, step, (0, results), parallel_iterations=1
            )
            return results.stack()

        signature = {
            name: tf.TensorSpec((None, *each.shape[1:]), each.dtype)
            for name, each in arrays.items()
        }
        return tf.function(train, input_signature=[signature], autograph=False)

    def _step(self, model: keras.Model, batch: dict[str, Any]) -> Any:
        """Update the weights, and return the loss and the accuracy as a tensor (2,)."""
        import tensorflow as tf

        weights, labels = batch.pop(WEIGHTS, None), batch["labels"]
        inputs = batch["U"] if self._plan is None else batch
        with tf.GradientTape() as tape:
            logits = model(inputs, training=True)
            loss = self._loss(labels, logits, sample_weight=weights)
            if penalties := model.losses:
                loss += tf.add_n(penalties) / parts_of_batch(labels.shape[0])
        gradients = tape.gradient(loss, self._variables)
        self.optimizer.apply(gradients, self._variables)
        right = keras.metrics.sparse_categorical_accuracy(labels, logits)
        return tf.stack([loss, tf.reduce_mean(right)])


_steppers: WeakKeyDictionary[keras.Model, Stepper] = WeakKeyDictionary()
"""Model -> its stepper."""
