"""Tolerances for comparisons with exact results, relative and absolute, by dtype."""

import numpy as np

from tests.geometry.runners import BACKEND

TOLERANCE = {"bfloat16": 1e-2, "float16": 2e-3, "float32": 1e-5, "float64": 1e-10}

if BACKEND != "tensorflow":  # Keras computes parts of float64 graphs in float32
    TOLERANCE["float64"] = TOLERANCE["float32"]


def assert_close(found, expected, dtype):
    """Assert that found is expected within the tolerance of ``dtype``, in the same shape."""
    tolerance = TOLERANCE[dtype]
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)
