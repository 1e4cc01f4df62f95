"""Starts Keras as the program does, before a test module imports it."""

import numpy as np
import pytest

from stnctl.models.backend import start_backend

start_backend(threads=2)


@pytest.fixture
def input_map():
    """Return U of shape (3, 12, 14, 1), not square, with values from 0 to 1."""
    return np.random.default_rng(0).uniform(size=(3, 12, 14, 1)).astype("float32")
