"""Options and fixtures of all tests. Nothing heavy is imported here: most tests stay quick."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.no_keras import block_backends, skip_if_blocked

settings.register_profile("default", deadline=None)
settings.register_profile("quick", deadline=None, max_examples=5)

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    if signal.getsignal(number) is signal.SIG_IGN:  # as a shell's background jobs and nohup set it
        signal.signal(
            number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        )

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make quick`."""
    parser.addoption("--no-keras", action="store_true", help="skip the tests that need Keras")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the number of Hypothesis examples; block Keras in a quick run."""
    quick = config.getoption("--no-keras")
    settings.load_profile("quick" if quick else "default")
    if quick:
        block_backends()


@pytest.fixture(scope="session")
def keras_backend() -> str:
    """Start Keras once, as the program does, with two threads; no later start may change them."""
    from stnctl.models.backend import start_backend

    return start_backend(threads=2)


@pytest.fixture
def single_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each call of a stepper train one step, so that a training can stop after any step."""
    monkeypatch.setattr("stnctl.models.stepping.CALL_SECONDS", 0)


@pytest.fixture
def needs_keras() -> None:
    """Skip the test in a quick run: it starts a process that imports Keras."""
    skip_if_blocked()


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Use a cache folder of the tests, not the user's."""
    with pytest.MonkeyPatch.context() as patch:
        if "STNCTL_CACHE_DIR" not in os.environ:
            patch.setenv("STNCTL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield
