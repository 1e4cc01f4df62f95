"""Copies of shipped configs, with the files that they need."""

import pytest

from stnctl.config.load import load_config
from stnctl.config.shipped import shipped_names
from stnctl.config.starter_files import starter_files
from stnctl.errors import UsageError


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)


def test_starter_files_have_all_files_that_a_config_extends():
    assert list(starter_files(["stn_tc"])) == [
        *("configs/stn_tc.yaml", "configs/base_stn.yaml", "configs/base_cnn.yaml"),
        "schemas/stnctl.schema.json",
        "schemas/sweep.schema.json",
    ]
    both = starter_files(["stn_tc", "base_cnn"])
    assert list(both)[:2] == ["configs/stn_tc.yaml", "configs/base_cnn.yaml"]


def test_starter_files_of_all_configs_load_without_the_shipped_ones(tmp_path):
    names = shipped_names()
    write(tmp_path, starter_files(names))
    copies = sorted((tmp_path / "configs").iterdir())
    assert [copy.stem for copy in copies] == names
    for copy in copies:
        assert load_config(copy) == load_config(type(copy)(copy.stem))
        first = copy.read_text(encoding="utf-8").splitlines()[0]
        assert (copy.parent / first.partition("$schema=")[2]).is_file()


def test_starter_files_rejects_unknown_name():
    with pytest.raises(UsageError, match="'cnn_rst', did you mean cnn_rts"):
        starter_files(["stn", "cnn_rst"])
