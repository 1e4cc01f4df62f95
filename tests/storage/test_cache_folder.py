import tempfile
from pathlib import Path

import pytest

from stnctl.errors import EnvironmentFault
from stnctl.storage import cache_folder as module
from stnctl.storage.cache_folder import cache_folder


def test_cache_folder_preset(monkeypatch):
    monkeypatch.setenv("STNCTL_CACHE_DIR", "here")
    assert cache_folder() == Path("here")
    monkeypatch.delenv("STNCTL_CACHE_DIR")
    assert cache_folder().name == "stnctl"


@pytest.fixture
def homeless(monkeypatch, tmp_path):
    """Be a user without HOME and without an entry in the list of users."""

    def unknown(uid):
        raise KeyError(uid)

    for name in ("HOME", "XDG_CACHE_HOME", "STNCTL_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    module._folder_of_process.cache_clear()
    yield
    module._folder_of_process.cache_clear()


@pytest.mark.usefixtures("homeless")
def test_cache_folder_without_home(tmp_path):
    assert cache_folder() == cache_folder()
    assert cache_folder().is_dir()
    assert cache_folder().parent == tmp_path


@pytest.mark.usefixtures("homeless")
def test_cache_folder_without_home_and_temporary_files(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null")
    with pytest.raises(EnvironmentFault, match="no folder for the cache") as caught:
        cache_folder()
    assert "STNCTL_CACHE_DIR" in caught.value.hint
