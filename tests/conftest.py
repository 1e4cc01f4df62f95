"""Keras for the tests that need it. Nothing heavy is imported here: other tests stay quick."""

import os

import pytest

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def keras_backend() -> str:
    """Start Keras once, as the program does; two threads, which no later start may change."""
    from stnctl.models.backend import start_backend

    return start_backend(threads=2)
