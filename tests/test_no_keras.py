import sys

import pytest

from tests.no_keras import BACKENDS, BackendBlocker, block_backends, skip_if_blocked


@pytest.fixture
def fresh(monkeypatch):
    """Let the import system be that of a process that has imported no backend."""
    finders = [each for each in sys.meta_path if not isinstance(each, BackendBlocker)]
    modules = {name: module for name, module in sys.modules.items() if name not in BACKENDS}
    monkeypatch.setattr(sys, "meta_path", finders)
    monkeypatch.setattr(sys, "modules", modules)


@pytest.mark.usefixtures("fresh")
def test_block_backends_skips_a_test_that_imports_one():
    skip_if_blocked()
    block_backends()
    with pytest.raises(pytest.skip.Exception, match=r"imports keras\.ops"):
        sys.meta_path[0].find_spec("keras.ops", None)
    assert sys.meta_path[0].find_spec("json", None) is None
    with pytest.raises(pytest.skip.Exception, match="starts a process that imports keras"):
        skip_if_blocked()


@pytest.mark.usefixtures("fresh")
def test_block_backends_rejects_a_loaded_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", sys)
    with pytest.raises(pytest.UsageError, match="expected no backend, got keras"):
        block_backends()
