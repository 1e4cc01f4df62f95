import errno
import fcntl
import itertools
import os
import re
import shutil
import time
from datetime import datetime

import pytest

from stnctl.errors import EnvironmentFault, UsageError
from stnctl.runs.creation import new_run
from stnctl.runs.directory import RunDirectory

NOW = datetime(2026, 11, 23, 10, 15, 2)


def first_files(run):
    return {run.config: run.name.encode(), run.run: b"{}"}


def create(runs_dir, name=None, stem="stn"):
    with new_run(runs_dir, name, stem, NOW, first_files) as run:
        return run


@pytest.mark.parametrize("name", ["x", "9", "A.b_c-d", "a" * 64, "a.."])
def test_create_named(runs_dir, name):
    run = create(runs_dir, name)
    assert run == RunDirectory(runs_dir / name)
    assert run.is_run
    assert run.config.read_text(encoding="utf-8") == name
    assert {path.name for path in run.path.iterdir()} == {"config.yaml", "run.json", ".lock"}


def test_create_stem_collisions(runs_dir):
    names = [create(runs_dir).name for _ in range(3)]
    planned = "stn-20261123-101502"
    assert names == [planned, f"{planned}-2", f"{planned}-3"]


def test_create_makes_runs_dir_with_gitignore(runs_dir):
    create(runs_dir / "deep" / "er")
    assert (runs_dir / "deep" / "er" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_create_keeps_present_runs_dir(runs_dir):
    runs_dir.mkdir()
    run = create(runs_dir)
    assert list(runs_dir.iterdir()) == [run.path]


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".x", "-x", "a/b", "../a", "/a", "a b", "é", "a\n", "a\0", "a" * 65]
)
def test_create_rejects_name(runs_dir, name):
    message = f"can't be named {name!r}, expected a name of 1 to 64 letters"
    with pytest.raises(UsageError, match=re.escape(message)):
        create(runs_dir, name)
    assert not runs_dir.exists()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("latest", "the keyword for the newest run"),
        ("preview", "the folder of the previews"),
        ("Preview", "the folder of the previews"),
    ],
)
def test_create_rejects_reserved_names(runs_dir, name, reason):
    with pytest.raises(UsageError, match=f"'{name}': it is {reason}"):
        create(runs_dir, name)


def test_create_rejects_taken(run, runs_dir):
    with pytest.raises(UsageError, match="runs/x exists already") as caught:
        create(runs_dir, "x")
    assert caught.value.exit_code == 2
    assert f"another name, or resume it: stnctl train --resume {run.path}" in caught.value.hint


def test_create_rejects_name_of_a_running_process(runs_dir):
    """The first process holds the lock as soon as the name is taken."""
    with new_run(runs_dir, "x", "stn", NOW, first_files), pytest.raises(UsageError) as caught:
        create(runs_dir, "x")
    assert caught.value.hint == "another process is training it: choose another name"


def test_create_rejects_name_taken_meanwhile(runs_dir):
    """The other process takes the name after the check, and before the rename."""

    def slow_files(run):
        create(runs_dir, "x")
        return first_files(run)

    with (
        pytest.raises(UsageError, match="exists already"),
        new_run(runs_dir, "x", "stn", NOW, slow_files),
    ):
        pass
    assert {path.name for path in runs_dir.iterdir()} == {"x", ".gitignore"}


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_create_rejects_taken_by_other(runs_dir, tmp_path, kind):
    """No message advises to remove a file."""
    runs_dir.mkdir()
    path = runs_dir / "x"
    if kind == "folder":
        path.mkdir()
        (path / "notes.txt").write_text("mine", encoding="utf-8")
    elif kind == "file":
        path.write_bytes(b"")
    else:
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="exists already") as caught:
        create(runs_dir, "x")
    assert caught.value.hint == "it is not a run, and stays as it is: choose another name"
    assert not (tmp_path / "elsewhere").exists()


def test_create_reuses_an_empty_folder(runs_dir):
    (runs_dir / "x").mkdir(parents=True)
    assert create(runs_dir, "x").is_run


def test_create_removes_what_a_killed_creation_left(runs_dir):
    runs_dir.mkdir()
    for name, age in (("old", 7200), ("new", 0)):
        leftover = runs_dir / f".tmp-{name}"
        leftover.mkdir()
        (leftover / "config.yaml").write_text("seed: 0", encoding="utf-8")
        then = time.time() - age
        os.utime(leftover, (then, then))
    create(runs_dir, "x")
    assert {path.name for path in runs_dir.iterdir()} == {"x", ".tmp-new"}


OS_CALLS = ("open", "mkdir", "fsync", "rename", "replace", "fstat", "ftruncate", "pwrite")
CALLS = [(os, name) for name in OS_CALLS] + [(fcntl, "flock")]


@pytest.mark.parametrize("exists", [False, True])
def test_create_leaves_nothing_after_a_fault(tmp_path, monkeypatch, exists):
    """The n-th system call fails, for each n, until the creation ends without a fault."""
    runs_dir = tmp_path / "deep" / "runs"
    if exists:
        create(runs_dir, "other")
    before = sorted(tmp_path.rglob("*"))
    run = RunDirectory(runs_dir / "x")
    messages = []
    for number in itertools.count():
        faults = Faults(number)
        with monkeypatch.context() as patch:
            for module, name in CALLS:
                patch.setattr(module, name, faults.in_calls_of(getattr(module, name)))
            try:
                run = create(runs_dir, "x")
            except EnvironmentFault as fault:
                messages.append(str(fault))
        if not faults.raised:
            break
        if run.path.exists():  # a lock of a temporary file is not necessary
            shutil.rmtree(run.path if exists else tmp_path / "deep")
        assert sorted(tmp_path.rglob("*")) == before, messages[-1]
    assert run.is_run
    assert len(messages) > 10
    assert all("No space left" in message for message in messages)


class Faults:
    """A fault in one system call: the disk is full."""

    def __init__(self, number):
        self.left = number
        self.raised = False

    def in_calls_of(self, real):
        def call(*arguments, **options):
            self.left -= 1
            if self.left == -1:
                self.raised = True
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*arguments, **options)

        return call


def test_create_rejects_file_as_runs_dir(runs_dir):
    runs_dir.write_bytes(b"")
    with pytest.raises(EnvironmentFault, match=f"a run in {runs_dir}: Not a directory"):
        create(runs_dir)


def test_create_rejects_read_only_runs_dir(run_python, tmp_path):
    """The child process drops root permissions, and may write in no folder, or in no new one."""
    output = run_python(
        """
        import os, sys
        from datetime import datetime
        from pathlib import Path
        from stnctl.errors import EnvironmentFault
        from stnctl.runs.creation import new_run

        os.chdir(sys.argv[1])
        Path("runs").mkdir(mode=0o555)
        Path("open").mkdir()
        os.chmod("open", 0o777)
        os.chmod(".", 0o755)
        if os.getuid() == 0:
            os.setuid(65534)
        os.umask(0o777)
        for runs_dir in ("runs", "open", "open/runs"):
            try:
                with new_run(Path(runs_dir), "x", "", datetime.now(), lambda run: {run.run: b""}):
                    print("created")
            except EnvironmentFault as fault:
                print(fault, fault.hint)
        print(os.listdir("runs"), os.listdir("open"))
        """,
        tmp_path,
    )
    *faults, left = output.splitlines()
    for runs_dir, fault in zip(("runs", "open", "open/runs"), faults, strict=True):
        assert f"can't create a run in {runs_dir}: Permission denied; no run was created" in fault
        assert "check the permissions of" in fault
    assert left == "[] []"
