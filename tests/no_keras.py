"""Quick test runs, without Keras: a test that needs a backend is skipped where it asks for it."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType

import pytest

BACKENDS = frozenset(("jax", "keras", "tensorflow", "torch"))


class BackendBlocker(MetaPathFinder):
    """Import hook that skips the test, or the test module, that imports a backend."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Skip the test if ``fullname`` belongs to a backend; leave other modules to Python."""
        if fullname.partition(".")[0] in BACKENDS:
            pytest.skip(f"imports {fullname}", allow_module_level=True)


def block_backends() -> None:
    """Skip, from now on, each test of this process that imports a backend.

    Raises:
        pytest.UsageError: A backend is imported already.
    """
    if loaded := BACKENDS & set(sys.modules):
        raise pytest.UsageError(f"--no-keras: expected no backend, got {', '.join(sorted(loaded))}")
    sys.meta_path.insert(0, BackendBlocker())


def skip_if_blocked() -> None:
    """Skip a test that needs Keras in another process, if this one may not import it."""
    if any(isinstance(finder, BackendBlocker) for finder in sys.meta_path):
        pytest.skip("starts a process that imports keras")
