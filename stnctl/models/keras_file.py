"""Export of a model to a .keras file, which Keras can load without a run directory."""

import tempfile
import time
from pathlib import Path

import keras

from stnctl.errors import EnvironmentFault

_YEARS = range(1980, 2108)
"""Years that the date of a .zip file, such as a .keras file, can represent."""


def keras_bytes(model: keras.Model) -> bytes:
    """Return the content of a .keras file with a model, without its loss and optimizer.

    To load the file, import `stnctl.models.build`, which registers the layers, and call
    ``keras.models.load_model``.

    Args:
        model: A Keras model from U (B, H, W, C) to logits (B, num_classes).

    Raises:
        EnvironmentFault: If the clock shows a year that the file can't represent.
    """
    if (year := time.gmtime(time.time()).tm_year) not in _YEARS:
        raise EnvironmentFault(
            f"the clock shows the year {year}, which a .keras file can't represent; the training "
            "is complete and kept",
            hint="set the clock, then resume the run to export its model",
        )
    uncompiled = keras.Model(model.input, model.output, name=model.name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        uncompiled.save(path)
        return path.read_bytes()
