"""Updates of a small model by Keras, and the formulas of its optimizers in NumPy."""

from typing import Any

import keras
import numpy as np

from stnctl.config.load import parse_config
from stnctl.training.optimizer import compile_model

RATE = 0.1


def two_layers():
    """Return a model with a layer of each part."""
    U = keras.Input((3,))
    hidden = keras.layers.Dense(2, name="localization_dense")(U)
    return keras.Model(U, keras.layers.Dense(4, name="logits")(hidden))


def trained(*overrides, num_updates=5, num_steps=2):
    """Return the weights before and after some updates of a model, and its gradients.

    The gradients are random numbers: a list of arrays for each update. The first two weights are
    those of the localization network.
    """
    keras.utils.set_random_seed(0)
    model = two_layers()
    overrides = (f"train.learning_rate={RATE}", *overrides)
    config = parse_config("model: {transformer: {}}", where="x", overrides=overrides)
    compile_model(model, config.train, num_steps)
    rng = np.random.default_rng(0)
    before = [np.asarray(weight, np.float64) for weight in model.get_weights()]
    gradients = [[rng.normal(size=weight.shape) for weight in before] for _ in range(num_updates)]
    for each in gradients:
        model.optimizer.apply([keras.ops.convert_to_tensor(g, "float32") for g in each])
    return before, model.get_weights(), gradients


def adam(weight, gradients, rates, *, betas=(0.9, 0.999), decay=0.0):
    """Return a weight after updates of Adam with decoupled weight decay (Loshchilov & Hutter)."""
    mean, square = np.zeros_like(weight), np.zeros_like(weight)
    for step, (gradient, rate) in enumerate(zip(gradients, rates, strict=True), start=1):
        mean = betas[0] * mean + (1 - betas[0]) * gradient
        square = betas[1] * square + (1 - betas[1]) * gradient**2
        unbiased = mean / (1 - betas[0] ** step), np.sqrt(square / (1 - betas[1] ** step))
        weight = weight - rate * decay * weight - rate * unbiased[0] / (unbiased[1] + 1e-7)
    return weight


def sgd(weight, gradients, rates, *, momentum=0.0, decay=0.0):
    """Return a weight after updates of gradient descent with momentum and weight decay."""
    velocity = np.zeros_like(weight)
    for gradient, rate in zip(gradients, rates, strict=True):
        velocity = momentum * velocity - rate * gradient
        weight = weight - rate * decay * weight + velocity
    return weight


OPTIMIZED: dict[str, Any] = {
    "optimizer=adam": (adam, {}),
    "optimizer=adam betas=[0.5,0.8]": (adam, {"betas": (0.5, 0.8)}),
    "optimizer=adamw": (adam, {"decay": 0.004}),
    "optimizer=adamw betas=[0.8,0.9] weight_decay=0.2": (
        adam,
        {"betas": (0.8, 0.9), "decay": 0.2},
    ),
    "optimizer=sgd": (sgd, {}),
    "optimizer=sgd momentum=0.9 weight_decay=0.05": (sgd, {"momentum": 0.9, "decay": 0.05}),
}
"""Keys of the section `train` -> the formula in NumPy, with its options."""

PARTS = ("localization", "localization", "classifier", "classifier")
"""The part of each weight of `two_layers`."""
