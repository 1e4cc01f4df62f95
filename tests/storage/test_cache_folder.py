from pathlib import Path

from stnctl.storage.cache_folder import cache_folder


def test_cache_folder_preset(monkeypatch):
    monkeypatch.setenv("STNCTL_CACHE_DIR", "here")
    assert cache_folder() == Path("here")
    monkeypatch.delenv("STNCTL_CACHE_DIR")
    assert cache_folder().name == "stnctl"
