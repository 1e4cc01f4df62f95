"""Training steps: batches to gradients, and updates of the weights."""

from collections.abc import Sequence
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import keras
import numpy as np

from stnctl.models.backend import parts_of_batch
from stnctl.models.divided import training_model
from stnctl.models.network import Network

CALL_SECONDS = 0.1
"""Time after which a training looks for a request to stop, if a step is shorter."""


class Stepper(Protocol):
    """Trainer of a compiled model for one or more steps.

    Attributes:
        max_steps: Maximum number of steps of a call.
    """

    max_steps: int

    def __call__(self, U: np.ndarray, labels: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        """Update the weights in n steps. The result does not depend on the steps of each call.

        Args:
            U: One batch for each step, (n, B, H, W, C).
            labels: (n, B).
            weights: Weight of each image in the loss, (n, B), float32; None for equal weights.

        Returns:
            The loss with penalties and the accuracy, 0 to 1, of each batch before its update,
            (n, 2).
        """


def make_stepper(model: keras.Model, network: Network) -> Stepper:
    """Return the stepper of a compiled model. On TensorFlow, each model has a single one.

    Args:
        model: A model from `stnctl.training.setup.make_model`.
        network: The trace of its network.
    """
    if keras.config.backend() != "tensorflow":
        return KerasStepper(model)
    if model not in _steppers:
        _steppers[model] = _DividedStepper(model, network)
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

    def __init__(self, model: keras.Model) -> None:
        """Store the compiled model."""
        self._model = model

    def __call__(self, U: np.ndarray, labels: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        """Update the weights as `Stepper` describes."""
        logs = self._model.train_on_batch(
            U[0], labels[0], None if weights is None else weights[0], return_dict=True
        )
        return np.array([[float(logs["loss"]), float(logs["accuracy"])]])


class _DividedStepper:
    """Stepper by TensorFlow, which divides each batch, and loops over the steps in its graph.

    It refers to the layers and the optimizer, not to the model, so the model can be released.
    """

    max_steps = 16

    def __init__(self, model: keras.Model, network: Network) -> None:
        self._layers = keras.Model(model.input, model.output)
        self._network = network
        self._optimizer = model.optimizer
        self._loss = model.loss
        self._variables = model.trainable_variables
        self._functions: dict[tuple[int, bool], Any] = {}

    def __call__(self, U: np.ndarray, labels: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        arrays = (U, labels) if weights is None else (U, labels, weights)
        key = U.shape[1], weights is None
        if key not in self._functions:
            self._functions[key] = self._compiled(arrays)
        result: np.ndarray = self._functions[key](*arrays).numpy()
        return result

    def _compiled(self, arrays: Sequence[np.ndarray]) -> Any:
        """Return the compiled function of arrays like these, with any number of steps."""
        import tensorflow as tf

        size = arrays[0].shape[1]
        model = training_model(self._layers, self._network, parts_of_batch(size))

        def train(*batches: Any) -> Any:
            num_steps = tf.shape(batches[0])[0]

            def step(k: Any, results: Any) -> Any:
                return k + 1, results.write(k, self._step(model, *(each[k] for each in batches)))

            results = tf.TensorArray(tf.float32, num_steps, element_shape=(2,))
            _, results = tf.while_loop(
                lambda k, _: k < num_steps, step, (0, results), parallel_iterations=1
            )
            return results.stack()

        signature = [tf.TensorSpec((None, *each.shape[1:]), each.dtype) for each in arrays]
        return tf.function(train, input_signature=signature, autograph=False)

    def _step(self, model: keras.Model, U: Any, labels: Any, weights: Any = None) -> Any:
        """Update the weights, and return the loss and the accuracy as a tensor (2,)."""
        import tensorflow as tf

        with tf.GradientTape() as tape:
            logits = model(U, training=True)
            loss = self._loss(labels, logits, sample_weight=weights)
            if penalties := model.losses:
                loss += tf.add_n(penalties) / parts_of_batch(U.shape[0])
        gradients = tape.gradient(loss, self._variables)
        self._optimizer.apply(gradients, self._variables)
        right = keras.metrics.sparse_categorical_accuracy(labels, logits)
        return tf.stack([loss, tf.reduce_mean(right)])


_steppers: WeakKeyDictionary[keras.Model, _DividedStepper] = WeakKeyDictionary()
"""Model -> its stepper on TensorFlow."""
