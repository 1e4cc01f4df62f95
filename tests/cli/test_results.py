import json
import os

import pytest

from stnctl.cli.results import check_results_folder, write_then_show
from stnctl.errors import EnvironmentFault
from stnctl.runs.directory import RunDirectory


def test_write_then_show_shows_the_result_of_a_failed_write(tmp_path):
    shown = []

    def fail():
        raise EnvironmentFault("No space left on device")

    with pytest.raises(EnvironmentFault, match="No space left"):
        write_then_show(fail, {}, shown.append, json=False)
    write_then_show(lambda: [tmp_path], {}, shown.append, json=False)
    assert shown == [[], [tmp_path]]


def test_write_then_show_prints_json(tmp_path, capsys):
    write_then_show(lambda: [tmp_path / "a"], {"loss": 0.5}, pytest.fail, json=True)
    assert json.loads(capsys.readouterr().out) == {"loss": 0.5, "files": [str(tmp_path / "a")]}


def test_check_results_folder_creates_nothing(tmp_path):
    run = RunDirectory(tmp_path)
    check_results_folder(run, run.eval)
    assert list(tmp_path.iterdir()) == []


def test_check_results_folder_rejects_a_read_only_run(tmp_path, monkeypatch):
    def deny(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", deny)
    run = RunDirectory(tmp_path)
    with pytest.raises(EnvironmentFault, match=r"can't write in .*eval: Permission") as error:
        check_results_folder(run, run.eval)
    assert error.value.hint.endswith(f"check {tmp_path}, or copy the run")


def test_check_results_folder_rejects_a_full_disk(tmp_path, monkeypatch):
    full = os.statvfs_result((4096, 4096, 100, 0, 0, 100, 100, 100, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: full)
    with pytest.raises(EnvironmentFault, match=r"has 0 bytes free, 1,048,576 are needed"):
        check_results_folder(RunDirectory(tmp_path), tmp_path / "eval")
