"""Model as a .keras file for plain Keras."""

import tempfile
import time
from pathlib import Path

import keras

from stnctl.errors import EnvironmentFault

_YEARS = range(1980, 2108)
"""Years that the date of a .zip file, such as a .keras file, can represent."""


def keras_bytes(model: keras.Model) -> bytes:
    """Return the content of a .keras file of a model from U (B, H, W, C) to logits.

    The file has neither loss nor optimizer.

    ``keras.models.load_model`` reads it after ``import stnctl.models.build``, which registers
    the layers.

    Raises:
        EnvironmentFault: If the file can't represent the year of the clock.
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
