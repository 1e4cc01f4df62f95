import json
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime

import numpy as np
import pytest

from stnctl import __version__
from stnctl.errors import EnvironmentFault, InputError
from stnctl.runs import (
    DataRecord,
    RunDirectory,
    describe_environment,
    read_record,
    record_event,
    start_record,
)
from stnctl.runs.files import write_json


def git(*arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    done = subprocess.run(
        ["git", *identity, *arguments], check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


@pytest.fixture
def work_tree(tmp_path, monkeypatch):
    if shutil.which("git") is None:
        pytest.skip("needs git")
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    (tmp_path / "file").write_text("1", encoding="utf-8")
    git("add", "file")
    git("commit", "--quiet", "--message", "first")
    return tmp_path


def test_describe_environment_preset():
    found = describe_environment(["numpy", "no-such-package", ""])
    assert found["stnctl"] == __version__
    assert found["python"] == platform.python_version()
    assert found["cpu_count"] == os.cpu_count()
    assert found["packages"] == {"numpy": np.__version__, "no-such-package": None, "": None}
    assert json.loads(json.dumps(found)) == found


def test_describe_environment_imports_nothing(run_python):
    output = run_python(
        """
        import sys
        from stnctl.runs import describe_environment

        print(describe_environment(["keras", "tensorflow"])["packages"])
        print(sorted({"keras", "tensorflow", "pydantic"} & set(sys.modules)))
        """
    )
    versions, imported = output.splitlines()
    assert "'keras': '3." in versions
    assert imported == "[]"


def test_describe_environment_git(work_tree):
    revision = git("rev-parse", "HEAD")
    assert describe_environment([])["git"] == {"revision": revision, "dirty": False}
    (work_tree / "file").write_text("2", encoding="utf-8")
    assert describe_environment([])["git"] == {"revision": revision, "dirty": True}


def test_describe_environment_starts_no_helper(work_tree):
    hook = work_tree / "hook"
    hook.write_text(f"#!/bin/sh\ntouch {work_tree / 'started'}\n", encoding="utf-8")
    hook.chmod(0o755)
    git("config", "core.fsmonitor", str(hook))
    assert describe_environment([])["git"] is not None
    assert not (work_tree / "started").exists()


def test_describe_environment_no_commit(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if shutil.which("git"):
        git("init", "--quiet")
    assert describe_environment([])["git"] is None


@pytest.mark.parametrize(
    "script", [None, "#!/bin/sh\nexit 1\n", "#!/bin/sh\nsleep 1\necho late\n", "not a program"]
)
def test_describe_environment_bad_git(tmp_path, monkeypatch, script):
    if script is not None:
        program = tmp_path / "git"
        program.write_text(script, encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv(
        "PATH", f"{tmp_path}:/bin" if script and "sleep" in script else str(tmp_path)
    )
    monkeypatch.setattr("stnctl.runs.provenance._GIT_SECONDS", 0.1)
    assert describe_environment([])["git"] is None


def test_start_record_roundtrip(runs_dir):
    run = RunDirectory(runs_dir / "x")
    run.path.mkdir(parents=True)
    before = datetime.now(UTC).replace(microsecond=0)
    record = start_record(
        run,
        argv=["stnctl", "train", "caf\udcff.yaml"],
        seed=3,
        data=DataRecord("digits", "ab" * 32, "mnist can't be downloaded"),
        environment={"python": "3.11"},
    )
    assert read_record(run) == record
    started = record.pop("started")
    assert before <= datetime.fromisoformat(started) <= datetime.now(UTC)
    assert started.endswith("Z")
    assert record == {
        "schema_version": 1,
        "name": "x",
        "argv": ["stnctl", "train", "caf\udcff.yaml"],
        "seed": 3,
        "data": {
            "source": "digits",
            "sha256": "ab" * 32,
            "warning": "mnist can't be downloaded",
        },
        "environment": {"python": "3.11"},
        "events": [{"event": "start", "at": started}],
    }


def test_record_event_preset(run):
    write_json(run.run, {**read_record(run), "unknown": 1})
    before = read_record(run)
    record_event(run, "interrupted", step=40)
    record_event(run, "resume", step=40)
    record_event(run, "end")
    after = read_record(run)
    events = after.pop("events")
    assert [{key: event[key] for key in event if key != "at"} for event in events] == [
        {"event": "start"},
        {"event": "interrupted", "step": 40},
        {"event": "resume", "step": 40},
        {"event": "end"},
    ]
    assert all(datetime.fromisoformat(event["at"]).tzinfo == UTC for event in events)
    assert after == {key: before[key] for key in before if key != "events"}


def test_record_event_unwritable(run, monkeypatch):
    before = run.run.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(EnvironmentFault, match=r"run\.json: No space left"):
        record_event(run, "end")
    assert run.run.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema_version": 2}, "schema_version 1, got 2"),
        ({"schema_version": None}, "schema_version 1, got None"),
        ({"started": None}, "a time with zone as 'started', got None"),
        ({"started": "yesterday"}, "a time with zone as 'started', got 'yesterday'"),
        ({"started": "2026-11-23T10:15:02"}, "a time with zone"),
        ({"events": None}, "a list of 'events', got None"),
        ({"environment": None}, "an 'environment', got None"),
        ({"data": None}, "'data' with 'source' and 'sha256', got None"),
        ({"data": {"source": 3, "sha256": "0"}}, "'data' with 'source' and 'sha256'"),
    ],
)
def test_read_record_rejects(run, change, message):
    write_json(run.run, {**read_record(run), **change})
    with pytest.raises(InputError, match=rf"x/run\.json must have {message}"):
        read_record(run)


@pytest.mark.parametrize("length", [0, 1, 50, -2])
def test_read_record_rejects_torn(run, length):
    run.run.write_bytes(run.run.read_bytes()[:length])
    with pytest.raises(InputError, match=r"x/run\.json is not valid JSON"):
        read_record(run)


def test_read_record_rejects_missing(run):
    run.run.unlink()
    with pytest.raises(InputError, match=r"x/run\.json does not exist"):
        read_record(run)
