"""A model as a file for plain Keras."""

import tempfile
from pathlib import Path

import keras


def keras_bytes(model: keras.Model) -> bytes:
    """Return what ``model.save`` writes to a .keras file, without the optimizer.

    ``keras.models.load_model`` reads it where stnctl.models is imported, which registers the
    layers.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        model.save(path, include_optimizer=False)
        return path.read_bytes()
