from typing import Any

import keras
import pytest
import tensorflow as tf

from stnctl.models.compiled import compiled


def double(x):
    return x + x


def test_compiled_preset_xla():
    function: Any = compiled(double)
    assert function(tf.constant(2.0)).numpy() == 4
    # TensorFlow refuses this of a function that is not compiled by XLA.
    assert "HloModule" in function.experimental_get_compiler_ir(tf.constant(2.0))(stage="hlo")


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_compiled_preset_other_backends(backend, monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: backend)

    def triple(x):
        return 3 * x

    assert compiled(triple) is triple


def test_compiled_preset_once():
    """One region is shared by all who ask, so that what is compiled is compiled once."""
    assert compiled(double) is compiled(double)
