"""Names that a config or the command line can choose from, and that are not in a registry.

They are plain tuples and dicts, so importing them is cheap. The transforms, interpolations and
paddings are in the registries of `stnctl.geometry`. The distortions are in
`stnctl.config.distortion_steps` and `stnctl.config.distortion_sets`.
"""

from typing import NamedTuple

SPLITS = ("train", "validation", "test")
"""Splits of a data set. The random numbers of a split depend on its index: see `CounterRNG`."""

CHECKPOINTS = ("best", "last")
"""Names of the pointers to the checkpoints of a run."""

PUBLISHED_SETS = (
    "fashion_mnist",
    "kmnist",
    "usps",
    "emnist_balanced",
    "emnist_byclass",
    "emnist_bymerge",
    "emnist_digits",
    "emnist_letters",
    "emnist_mnist",
)
"""Data sets that are downloaded from their publishers."""

NAMED_SOURCES = ("mnist", "digits", *PUBLISHED_SETS)
"""Data sets that a config gives by name, without a path."""

PIXEL_RANGES = ("unit", "raw")
"""Ranges of the network's input: [0, 1] and [0, 255]."""

ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh")
"""Activations of a layer, as Keras names them."""

HEADS = ("residual", "bounded", "sigmoid", "unit")
"""Heads of the localization network."""

POOLS = ("max", "average", "global")
"""Kinds of pooling."""

PADDED = ("valid", "same")
"""Paddings of a convolution, as Keras names them."""

LOCALIZERS_OF_STEPS = ("shared", "separate")
"""Localization networks of an iterative transformer: one for all steps, or one for each step."""


class Optimizer(NamedTuple):
    """An optimizer of Keras.

    Attributes:
        keras_class: Name of its class in `keras.optimizers`.
        num_slots: Number of values that the optimizer stores for each weight, without a momentum.
        keys: Keys of the section `train` that only some optimizers have, this one among them.
    """

    keras_class: str
    num_slots: int
    keys: tuple[str, ...]


OPTIMIZERS = {
    "adam": Optimizer("Adam", 2, ("betas",)),
    "adamw": Optimizer("AdamW", 2, ("betas", "weight_decay")),
    "sgd": Optimizer("SGD", 0, ("momentum", "weight_decay")),
}
"""Optimizers by name."""

MAX_EPOCHS = 100_000
"""Maximum number of epochs of a training."""

MAX_SNAPSHOTS = 100
"""Maximum number of examples in the snapshots of a run."""

MAX_INSPECTED = 100
"""Maximum number of examples of an inspection."""

SORTED_BY = ("index", "true", "predicted", "probability", "loss", "displacement")
"""Orders of the examples of an inspection."""

SEARCH_COMBINATIONS = ("confident", "mean")
"""Combinations of the predictions of a search over poses, the default first."""

PREPARATIONS = ("digit", "fit", "none")
"""Preparations of an image file for a prediction: as the digits of MNIST, scaled as a whole, or
none."""

SINKS = ("csv", "tensorboard", "mlflow", "wandb")
"""Programs that can follow a training."""

EXPORT_FORMATS = ("keras", "saved_model", "onnx", "litert")
"""Formats of exported models."""

ENGINES = ("local", "ray", "slurm")
"""Engines that train the cells of a sweep."""

SWEEP_FIGURES = ("curves", "heat_map", "slices", "train_size")
"""Figures of a sweep."""

RUN_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""Pattern of the name of a run."""

RUN_NAME_RULE = "a name of 1 to 64 letters, digits, '.', '_' and '-', the first a letter or a digit"
"""Description of `RUN_NAME` for messages."""
