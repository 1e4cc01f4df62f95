"""Command `init`."""

import json

import pytest

from stnctl.config.shipped import shipped_names
from stnctl.config.starter_files import starter_files
from tests.cli.in_process import outcome

RTS = list(starter_files(["stn_rts"]))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_init_copies_a_config_with_its_needs(folder):
    code, stdout, stderr = outcome("init", "stn_rts")
    assert (code, stdout.splitlines()) == (0, RTS)
    assert contents(folder) == starter_files(["stn_rts"])
    assert "next  stnctl preview configs/stn_rts.yaml\n" in stderr
    assert "      stnctl train configs/stn_rts.yaml\n" in stderr
    assert outcome("train", "configs/stn_rts.yaml", "--set", "seed=x")[0] == 2


def test_init_copies_all(folder):
    code, stdout, _ = outcome("init", "--json")
    assert code == 0
    files = starter_files(shipped_names())
    assert json.loads(stdout) == {"written": list(files), "kept": []}
    assert contents(folder) == files


def test_init_again_writes_nothing(folder):
    outcome("init", "stn_rts")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    code, stdout, stderr = outcome("init", "stn_rts")
    assert (code, stdout) == (0, "")
    assert "note  all other files are there already" in stderr
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_init_replaces_no_config(folder, kind):
    """One is there with other content, so none is written."""
    path = folder / "configs" / "stn_rts.yaml"
    path.parent.mkdir()
    match kind:
        case "file":
            path.write_text("seed: 1")
        case "link":
            path.symlink_to(folder / "elsewhere.yaml")
        case "folder":
            path.mkdir()
    before = contents(folder)
    code, stdout, problem = outcome("init", "cnn", "stn_rts")
    assert (code, stdout) == (2, "")
    assert problem.startswith("configs/stn_rts.yaml: exists already, with other content")
    assert contents(folder) == before


def test_init_force_replaces_what_is_named(folder):
    """But not a changed config that others extend."""
    outcome("init", "stn_rts")
    for name in RTS:
        (folder / name).write_text("# mine")
    code, stdout, stderr = outcome("init", "stn_rts", "--force")
    assert (code, stdout.splitlines()) == (0, [RTS[0], *RTS[-2:]])
    found, new = contents(folder), starter_files(["stn_rts"])
    assert [found[name] == new[name] for name in RTS] == [True, False, False, True, True]
    assert "note  configs/base_cnn.yaml differs from the shipped file, and is kept" in stderr


def test_init_keeps_a_changed_base(folder):
    outcome("init", "stn_rts")
    (folder / "configs" / "base_cnn.yaml").write_text("# mine")
    code, stdout, _ = outcome("init", "cnn_rts", "--json")
    assert code == 0
    assert json.loads(stdout) == {
        "written": ["configs/cnn_rts.yaml"],
        "kept": ["configs/base_cnn.yaml"],
    }


def test_init_rejects(folder):
    code, _, problem = outcome("init", "stn", "cnn_rst")
    assert code == 2
    assert "no shipped configuration 'cnn_rst', did you mean cnn_rts?" in problem
    (folder / "configs").write_text("a file")
    code, _, problem = outcome("init", "stn")
    assert code == 4
    assert problem.startswith("can't create the folder configs: configs exists and is not a folder")
    assert list(contents(folder)) == ["configs"]
