"""The names that a config, the command line and the code choose from, and that no registry holds.

Plain tuples and dicts, cheap to import. The transforms, interpolations and paddings are in the
registries of `stnctl.geometry`; the distortions in `stnctl.config.distortion_steps` and
`stnctl.config.distortion_sets`.
"""

SPLITS = ("train", "validation", "test")
"""Splits of a data set. Their order is part of the random numbers: see `CounterRNG`."""

CHECKPOINTS = ("best", "last")
"""Pointers to a checkpoint of a run."""

NAMED_SOURCES = ("mnist", "digits")
"""Data sets that need no path."""

PIXEL_RANGES = ("unit", "raw")
"""Ranges of the network's input: [0, 1] and [0, 255]."""

ACTIVATIONS = ("linear", "relu", "sigmoid", "tanh")
"""Activations of a layer, as Keras names them."""

HEADS = ("residual", "bounded", "sigmoid")
"""Heads of the localization network."""

OPTIMIZERS = {"adam": 2, "sgd": 0}
"""Optimizers -> the values that each keeps per weight."""

SCHEDULES = ("constant", "cosine")
"""Learning-rate schedules."""
