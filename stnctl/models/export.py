"""A model as a file for plain Keras."""

import tempfile
from pathlib import Path

import keras


def keras_bytes(model: keras.Model) -> bytes:
    """Return what ``model.save`` writes to a .keras file, without loss and optimizer.

    ``keras.models.load_model`` reads it after ``import stnctl.models.build``, which registers
    the layers.
    """
    uncompiled = keras.Model(model.input, model.output, name=model.name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        uncompiled.save(path)
        return path.read_bytes()
