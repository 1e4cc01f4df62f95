import subprocess
import sys
import time

import keras
import numpy as np
import pytest

from stnctl.errors import EnvironmentFault
from stnctl.models.keras_file import keras_bytes
from tests.models.small import config, small_model

SCRIPT = """
import sys
import numpy as np
from stnctl.models.backend import start_backend

start_backend(threads=2)
import keras
import stnctl.models.build

model = keras.models.load_model(sys.argv[1])
U = np.load(sys.argv[2])
np.savez(sys.argv[3], model(U), *model.get_weights())
print(model.to_json(), end="")
"""


@pytest.fixture
def model():
    """Return a network whose theta is no longer the identity."""
    model = small_model(config(output_size=(9, 10), align_corners=False))
    kernel, bias = model.get_layer("theta").get_weights()
    kernel = np.random.default_rng(0).normal(size=kernel.shape)
    model.get_layer("theta").set_weights([kernel, bias + 0.1])
    return model


def test_keras_bytes_roundtrip(model, input_map, tmp_path):
    """Another process loads the file as the same network."""
    paths = [tmp_path / name for name in ("model.keras", "U.npy", "found.npz")]
    paths[0].write_bytes(keras_bytes(model))
    np.save(paths[1], input_map)
    child = subprocess.run(
        [sys.executable, "-c", SCRIPT, *paths], capture_output=True, encoding="utf-8"
    )
    assert child.returncode == 0, child.stderr
    assert child.stdout == model.to_json()
    with np.load(paths[2], allow_pickle=False) as arrays:
        logits, *weights = arrays.values()
    np.testing.assert_allclose(logits, model(input_map), rtol=0, atol=1e-6)
    for found, expected in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(found, expected, strict=True)


def test_keras_bytes_has_no_optimizer(model, tmp_path):
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    path = tmp_path / "model.keras"
    path.write_bytes(keras_bytes(model))
    assert model.compiled
    assert not keras.models.load_model(path).compiled


@pytest.mark.parametrize(("seconds", "year"), [(0, 1970), (4_400_000_000, 2109)])
def test_keras_bytes_rejects_years_that_zip_lacks(model, monkeypatch, seconds, year):
    monkeypatch.setattr(time, "time", lambda: seconds)
    with pytest.raises(EnvironmentFault, match=f"the clock shows the year {year}") as caught:
        keras_bytes(model)
    assert "set the clock" in caught.value.hint
