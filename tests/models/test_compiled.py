from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from stnctl.data.chunk import CHUNK
from stnctl.data.split_view import SplitView
from stnctl.models.compiled import compiled, compiled_for_arrays
from tests.data.distortions import reference
from tests.data.distortions.examples import LISTS, SPECS, noise

NUM_IMAGES = CHUNK + 4
DISTORTIONS = ["R", "P", "E", "TC", "addition", "elastic within", "corners first"]


def twice(x):
    return x + x


def test_compiled_uses_xla_on_tensorflow():
    function: Any = compiled(twice)
    assert function(tf.constant(2.0)).numpy() == 4
    # TensorFlow rejects this call for a function that is not compiled by XLA.
    assert "HloModule" in function.experimental_get_compiler_ir(tf.constant(2.0))(stage="hlo")


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_compiled_leaves_functions_unchanged_on_other_backends(backend, monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: backend)

    def triple(x):
        return 3 * x

    assert compiled(triple)(2) == 6


def test_compiled_is_cached():
    """All callers share one region, so that a function is compiled once."""
    assert compiled(twice) is compiled(twice)


@pytest.mark.parametrize("name", DISTORTIONS)
def test_compiled_for_arrays_renders_distortions(name):
    """Images match the reference, and their bytes do not depend on the others in a call."""
    view = SplitView(noise(NUM_IMAGES), "train", SPECS[name], seed=3, compiler=compiled_for_arrays)
    order = np.random.default_rng(0).permutation(NUM_IMAGES)
    U = view.examples(1).inputs(order)
    expected = reference.inputs(view.examples(1), order[:20])
    tolerance = 1e-4 if name in LISTS else 1e-5
    np.testing.assert_allclose(U[:20], expected, rtol=0, atol=tolerance)
    np.testing.assert_array_equal(view.examples(1).inputs(np.sort(order)), U[np.argsort(order)])
    for number in (0, 17, CHUNK):
        alone = view.examples(1).inputs(order[number : number + 1])
        np.testing.assert_array_equal(alone, U[number : number + 1])
