import json
import os

import pytest

from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs.directory import RunDirectory
from stnctl.runs.lookup import find_run, list_runs
from stnctl.storage.json_files import write_json


def set_started(run, started, *events):
    """Set the time of the start, and (event, time) of later events."""
    record = json.loads(run.run.read_text(encoding="utf-8"))
    pairs = [("start", started), *events]
    listed = [{"event": event, "at": at} for event, at in pairs]
    write_json(run.run, {**record, "started": started, "events": listed})


@pytest.fixture
def runs(make_run):
    return [make_run(name) for name in ("cnn-1", "stn-1", "stn-12", "stn-2")]


@pytest.mark.parametrize(
    ("text", "name"), [("cnn-1", "cnn-1"), ("stn-1", "stn-1"), ("c", "cnn-1"), ("stn-12", "stn-12")]
)
def test_find_run_name(runs, runs_dir, text, name):
    assert find_run(text, runs_dir) == RunDirectory(runs_dir / name)


@pytest.mark.parametrize("text", ["runs/cnn-1", "./runs/cnn-1/", "runs/../runs/cnn-1"])
def test_find_run_path(runs, runs_dir, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    found = find_run(text, tmp_path / "elsewhere")
    assert found.path.samefile(runs[0].path)
    assert found.name == "cnn-1"


@pytest.mark.parametrize(("folder", "text"), [("", "."), ("", "../cnn-1"), ("checkpoints", "..")])
def test_find_run_path_from_inside(runs, monkeypatch, folder, text, runs_dir):
    (runs[0].path / folder).mkdir(exist_ok=True)
    monkeypatch.chdir(runs[0].path / folder)
    assert find_run(text, runs_dir).name == "cnn-1"


def test_find_run_latest(runs, runs_dir):
    for run, second in zip(runs, (3, 9, 9, 1), strict=True):
        set_started(run, f"2026-11-23T10:15:0{second}.000Z")
        os.utime(run.run, (second, second))
    assert find_run("latest", runs_dir) == runs[2]


def test_find_run_latest_is_trained_last(runs, runs_dir):
    """A resumed or later finished run counts; an evaluation does not."""
    set_started(runs[0], "2026-11-23T10:00:00Z", ("resume", "2026-11-23T10:04:00+00:00"))
    set_started(runs[1], "2026-11-23T10:01:00Z", ("end", "2026-11-23T10:03:00Z"))
    set_started(runs[2], "2026-11-23T10:02:00Z")
    set_started(runs[3], "2026-11-23T12:03:59+02:00")
    runs[3].eval.mkdir()
    assert find_run("latest", runs_dir) == runs[0]


def test_find_run_latest_skips_unreadable(runs, runs_dir):
    set_started(runs[0], "2099-01-01T00:00:00Z")
    set_started(runs[1], "2098-01-01T00:00:00Z")
    runs[0].run.write_bytes(b'{"started": "2099')
    assert find_run("latest", runs_dir) == runs[1]


def test_find_run_latest_rejects_all_unreadable(run, runs_dir):
    run.run.write_bytes(b"")
    with pytest.raises(
        InputError, match=r"the latest run in .* unknown: .* readable run\.json"
    ) as caught:
        find_run("latest", runs_dir)
    assert caught.value.hint == "restore the run.json of a run: x"


def test_find_run_rejects_ambiguous(runs, runs_dir):
    with pytest.raises(InputError, match="names of 3 runs: stn-1, stn-12, stn-2") as caught:
        find_run("stn", runs_dir)
    assert caught.value.exit_code == 3
    assert caught.value.hint == "type more of the name"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("snt-12", r"no run 'snt-12' in .*runs, did you mean stn-12\?$"),
        ("zzz", r"no run 'zzz' in .*runs$"),
        ("runs/snt-12", r"no run 'runs/snt-12' in runs, did you mean runs/stn-12\?$"),
        ("", r"no run '' in"),
        ("a\0b", r"no run 'a\\x00b' in"),
        ("x" * 5000, r"no run 'x+' in"),
        ("../nowhere", r"no run '../nowhere' in"),
    ],
)
def test_find_run_rejects_unknown(runs, runs_dir, tmp_path, monkeypatch, text, message):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message) as caught:
        find_run(text, runs_dir)
    assert caught.value.hint == "the runs there: cnn-1, stn-1, stn-12, stn-2"


@pytest.mark.parametrize("text", ["dmeo", "demo-20261129-101011"])
def test_find_run_suggests_a_name_with_a_time(make_run, runs_dir, text):
    make_run("demo-20261129-101010")
    with pytest.raises(InputError, match=r"did you mean demo-20261129-101010\?$"):
        find_run(text, runs_dir)


def test_find_run_lists_eight(make_run, runs_dir):
    for number in range(11):
        make_run(f"run-{number:02}")
    with pytest.raises(InputError) as caught:
        find_run("zzz", runs_dir)
    assert caught.value.hint.endswith("run-06, run-07, and 3 more")


@pytest.mark.parametrize("text", ["x", "latest", ""])
def test_find_run_rejects_no_runs(runs_dir, text):
    with pytest.raises(InputError, match=f"no run '{text}': there are no runs in") as caught:
        find_run(text, runs_dir)
    assert caught.value.hint == "train one: stnctl train demo"


@pytest.mark.parametrize("missing", ["config", "run"])
def test_find_run_rejects_other_folder(run, runs_dir, missing):
    getattr(run, missing).unlink()
    with pytest.raises(InputError, match=r"x is a folder but not a run: .*config.yaml"):
        find_run("x", runs_dir)


def test_find_run_rejects_link_out_of_its_folder(run, runs_dir, tmp_path):
    outside = tmp_path / "outside"
    run.path.rename(outside)
    run.path.symlink_to(outside)
    for text in ("x", str(run.path)):
        with pytest.raises(InputError, match=f"x is a link out of its folder, to {outside}"):
            find_run(text, runs_dir)
    assert list_runs(runs_dir) == []


def test_find_run_follows_link_inside(run, runs_dir):
    (runs_dir / "good").symlink_to("x")
    assert find_run("good", runs_dir) == run


def test_list_runs_preset(runs, runs_dir):
    (runs_dir / "not-a-run").mkdir()
    (runs_dir / "file").write_bytes(b"")
    (runs_dir / "loop").symlink_to("loop")
    assert list_runs(runs_dir) == runs


def test_list_runs_missing_folder(runs_dir):
    assert list_runs(runs_dir) == []


def test_list_runs_rejects_unreadable(runs_dir, monkeypatch):
    runs_dir.mkdir()

    def deny(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.scandir", deny)
    with pytest.raises(EnvironmentFault, match=f"list the runs in {runs_dir}: Permission denied"):
        list_runs(runs_dir)
