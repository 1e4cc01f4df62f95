"""Keras for the tests that need it. Nothing heavy is imported here: other tests stay quick."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("any speed", deadline=None)
settings.load_profile("any speed")

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:  # a shell's background jobs and nohup do that
        signal.signal(
            number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        )

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def keras_backend() -> str:
    """Start Keras once, as the program does; two threads, which no later start may change."""
    from stnctl.models.backend import start_backend

    return start_backend(threads=2)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave the user's cache alone: what is kept there goes into a folder of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        if "STNCTL_CACHE_DIR" not in os.environ:
            patch.setenv("STNCTL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield
