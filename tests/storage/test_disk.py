import os
from types import SimpleNamespace

import pytest

from stnctl.errors import EnvironmentFault
from stnctl.storage.disk import check_space


def disk(monkeypatch, *, blocks, free):
    status = SimpleNamespace(f_blocks=blocks, f_bavail=free, f_frsize=512)
    monkeypatch.setattr(os, "statvfs", lambda _: status)


def test_check_space_preset(tmp_path, monkeypatch):
    disk(monkeypatch, blocks=100, free=4)
    check_space(tmp_path, 2048)
    with pytest.raises(EnvironmentFault, match="has 2,048 bytes free, 2,049 are needed"):
        check_space(tmp_path, 2049)


def test_check_space_passes_a_disk_without_size(tmp_path, monkeypatch):
    disk(monkeypatch, blocks=0, free=0)
    check_space(tmp_path, 2**40)


def test_check_space_on_the_real_disk(tmp_path):
    check_space(tmp_path, 1)
    with pytest.raises(EnvironmentFault, match="bytes free"):
        check_space(tmp_path, 2**62)


def test_check_space_of_a_folder_to_be_made(tmp_path):
    check_space(tmp_path / "x" / "y", 1)
    with pytest.raises(EnvironmentFault, match=r"the disk of .*/x/y has .* bytes free"):
        check_space(tmp_path / "x" / "y", 2**62)
