import re
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stnctl.errors import EnvironmentFault, UsageError
from stnctl.runs.directory import RunDirectory, planned_name

NOW = datetime(2026, 11, 23, 10, 15, 2)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def create(runs_dir, name=None, stem="stn"):
    return RunDirectory.create(runs_dir, name, stem, NOW)


def test_run_directory_layout(runs_dir):
    run = RunDirectory(runs_dir / "x")
    assert run.name == "x"
    names = {
        "config.yaml": run.config,
        "run.json": run.run,
        "metrics.jsonl": run.metrics,
        "train.log": run.log,
        "checkpoints": run.checkpoints,
        "model.keras": run.model,
        "eval": run.eval,
        "inspect": run.inspect,
        "times.jsonl": run.times,
        ".lock": run.lock,
    }
    assert names == {name: run.path / name for name in names}


@pytest.mark.parametrize("name", ["x", "9", "A.b_c-d", "a" * 64, "a.."])
def test_create_named(runs_dir, name):
    run = create(runs_dir, name)
    assert run == RunDirectory(runs_dir / name)
    assert list(run.path.iterdir()) == []


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
    with pytest.raises(UsageError, match=re.escape(f"can't be named {name!r}: a name has 1 to 64")):
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
    assert f"stnctl train --resume {run.path}; or choose another name" in caught.value.hint


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_create_rejects_taken_by_other(runs_dir, tmp_path, kind):
    runs_dir.mkdir()
    path = runs_dir / "x"
    if kind == "folder":
        path.mkdir()
    elif kind == "file":
        path.write_bytes(b"")
    else:
        path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="exists already") as caught:
        create(runs_dir, "x")
    assert f"it is not a run: remove {path}" in caught.value.hint
    assert not (tmp_path / "elsewhere").exists()


def test_create_rejects_file_as_runs_dir(runs_dir):
    runs_dir.write_bytes(b"")
    with pytest.raises(EnvironmentFault, match=f"a run in {runs_dir}: Not a directory"):
        create(runs_dir)


def test_create_rejects_read_only_runs_dir(run_python, tmp_path):
    """The child process drops root permissions, and has no permission to write."""
    output = run_python(
        """
        import os, sys
        from datetime import datetime
        from pathlib import Path
        from stnctl.errors import EnvironmentFault
        from stnctl.runs.directory import RunDirectory

        runs_dir = Path("runs")
        os.chdir(sys.argv[1])
        runs_dir.mkdir(mode=0o555)
        if os.getuid() == 0:
            os.setuid(65534)
        try:
            RunDirectory.create(runs_dir, "x", "stn", datetime.now())
        except EnvironmentFault as fault:
            print(fault, fault.hint)
        """,
        tmp_path,
    )
    assert "can't create a run in runs: Permission denied; no run was created" in output
    assert "check the permissions of" in output


def test_planned_name_preset():
    assert planned_name("stn", NOW) == "stn-20261123-101502"


@pytest.mark.parametrize(
    ("stem", "clean"),
    [
        ("..", "run"),
        ("my stn (2)", "my-stn-2"),
        ("../../etc", "etc"),
        ("-rf", "rf"),
        ("", "run"),
        ("é", "run"),
        ("a" * 300, "a" * 40),
    ],
)
def test_planned_name_cleans(stem, clean):
    assert planned_name(stem, NOW) == f"{clean}-20261123-101502"


@given(st.text())
def test_planned_name_random(stem):
    assert NAME.fullmatch(planned_name(stem, NOW) + "-9999999")
