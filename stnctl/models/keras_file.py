"""A model as a file for plain Keras."""

import tempfile
import time
from pathlib import Path

import keras

from stnctl.errors import EnvironmentFault

_YEARS = range(1980, 2108)
"""What the date of a .zip file, which a .keras file is, can say."""


def keras_bytes(model: keras.Model) -> bytes:
    """Return what ``model.save`` writes to a .keras file, without loss and optimizer.

    ``keras.models.load_model`` reads it after ``import stnctl.models.build``, which registers
    the layers.

    Raises:
        EnvironmentFault: If the clock is so wrong that the file can't tell its date.
    """
    if (year := time.gmtime(time.time()).tm_year) not in _YEARS:
        raise EnvironmentFault(
            f"the clock says that it is {year}, which a .keras file can't tell; all of the "
            "training is kept",
            hint="set the clock, then resume the run to export its model",
        )
    uncompiled = keras.Model(model.input, model.output, name=model.name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.keras")
        uncompiled.save(path)
        return path.read_bytes()
